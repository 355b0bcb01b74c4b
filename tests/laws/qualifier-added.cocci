// Kind: qualifiers and storage of variables.
// not idempotent
@@
identifier x, s;
expression e;
@@
- static struct s x = e;
+ static volatile struct s x = e;

@@
identifier x;
@@
- static int x;
+ static signed int x;
