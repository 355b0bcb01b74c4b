@@ expression x; @@
-check(x);
+if (x)
+  use(x);
