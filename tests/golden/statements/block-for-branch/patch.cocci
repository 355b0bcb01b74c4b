@@ expression x; @@
-return x;
+{ unlock(); return x; }
