// Kind: a value moves from a statement into the declaration.
@@
type T;
identifier x;
expression e;
@@
- T x;
+ T x = e;
- x = e;
