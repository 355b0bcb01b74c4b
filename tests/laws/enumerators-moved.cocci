// Kind: enumerators change places and go.
// not compiled
// not idempotent
@@
identifier e, a, b;
@@
enum e {
- a,
- b,
+ b,
+ a,
...
};

@@
identifier e, a, b;
@@
enum e {
...,
- a,
  b,
+ a,
};
