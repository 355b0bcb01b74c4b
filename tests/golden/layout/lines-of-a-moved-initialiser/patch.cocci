@@
type T;
identifier x;
expression e;
@@
- T x;
... when != x
- x = e;
+ T x = e;
