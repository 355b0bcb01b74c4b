@@ identifier f; @@
-f("at %d...", ...)
+g()

@@ identifier f; @@
-f("in...%d...", ...)
+h()
