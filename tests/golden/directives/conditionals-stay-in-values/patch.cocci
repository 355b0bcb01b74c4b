@@ expression x; @@
- old(x)
+ fresh(x, 0)
