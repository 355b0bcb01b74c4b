// Kind: statements go, with their comments, also where they are branches.
@@
expression list es;
@@
- dev_dbg(es);
