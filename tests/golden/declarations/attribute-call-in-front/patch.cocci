@@
type T;
identifier v;
expression e;
@@
  T v = NULL;
+ T w = NULL;
  ...
- v = e;
+ w = e;
  return v;

// What stands in front of the type is no loop.
@@
iterator I;
statement S;
@@
- I(...) S
