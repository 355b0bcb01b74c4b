@@
identifier x;
type T;
@@
- T x;
  ... when != x
