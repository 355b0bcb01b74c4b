@@ expression e; @@
- !e
+ e == 0

@@
type T;
identifier x;
expression e;
@@
- T x;
+ T x = e;
- x = e;
