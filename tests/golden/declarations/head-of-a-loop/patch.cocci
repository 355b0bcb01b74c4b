@@ type T; identifier x; expression E; @@
  T x = E;
+ use(x);
@@ identifier x; @@
- uint
+ unsigned int
  x = 0;
