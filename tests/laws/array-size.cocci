// Kind: sizes of arrays.
// not idempotent
@@
type T;
identifier x;
constant c;
@@
- T x[c];
+ T x[c + 1];

@@
identifier s, x;
type T;
constant c;
@@
struct s {
...
- T x[c];
+ T x[(c) + 1];
...
};
