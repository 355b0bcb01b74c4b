@@
ptrdiff_t x;
@@
- x
+ wrap(x)
