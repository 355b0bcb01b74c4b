@@
identifier f, x;
@@
- int f(struct s *x)
+ int f(void)
  { ... }
