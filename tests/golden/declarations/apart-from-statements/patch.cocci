// The empty line below declarations stays where the statement behind it goes into them.
@@
type T;
identifier x;
expression e;
@@
- T x;
- x = e;
+ T x = e;
