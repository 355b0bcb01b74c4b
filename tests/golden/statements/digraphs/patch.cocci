@@ expression x; @@
-put(x[0]);
+store(x[0]);
