// Kind: the value of a macro.
// not idempotent
@@
identifier M;
constant c;
@@
- #define M c
+ #define M (c)
