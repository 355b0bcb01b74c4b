@@ expression e; statement S; @@
- if (!e) S
+ if (e == 0) S

@@
type T;
identifier x;
expression e;
@@
- T x;
+ T x = e;
- x = e;
