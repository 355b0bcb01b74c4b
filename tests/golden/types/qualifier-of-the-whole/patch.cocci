@@
type T;
identifier I;
@@
- const T I;
+ T I;
