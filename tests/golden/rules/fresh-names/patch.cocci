@@
identifier f;
fresh identifier impl = "__" ## f;
@@
- f(int a)
+ impl(int a)
  { ... }
