// Kind: words within calls of long argument lists.
@@
expression d;
expression list es;
@@
- dev_err(d, es)
+ dev_warn_once(d, es)
