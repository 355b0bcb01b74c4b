@@ expression x, y; @@
-put(x, y)
+store(y, x, 1)
