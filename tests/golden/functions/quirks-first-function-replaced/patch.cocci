@@ @@
-old(...) { ... }
+int counter;
