@@ type T; identifier f; @@
+ #ifdef CONFIG_A
  T f(...) { ... }
+ #endif
