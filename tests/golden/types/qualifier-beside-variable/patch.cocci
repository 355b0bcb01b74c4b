@@
identifier x;
type T;
@@

- volatile T x;
+ T x;
