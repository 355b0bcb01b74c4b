@@ @@
-open
+open_file
 (...) { ... }
