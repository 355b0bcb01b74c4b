@@ expression x, a, b; @@
- x ? a : b
+ choose(x, a, b)
