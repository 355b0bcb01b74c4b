@@ expression e; @@
-put(e)
+store(e)
