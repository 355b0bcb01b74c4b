@@
identifier x;
@@
- void handler(int x)
+ void handler(void)
  { ... }
