@@ expression x, y, a, b; @@
- if (x)
-   y = a;
- else
-   y = b;
+ y = x ? a : b;
