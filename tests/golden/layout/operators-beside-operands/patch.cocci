@@ expression x; @@
 f(x)
+ + z
@@ expression x; @@
+ 1 +
 g(x)
@@ expression x; @@
k(
+ (int)
 x)
@@ expression x; @@
m(x
+ ->b
 )
@@ @@
 7
+ + z
@@ expression x; @@
n(
+ !
 x)
@@ expression x, a, b; @@
- q(x ? a : b);
+ if (x) a; else b;
@@ expression x; statement S; @@
lock(x);
+ {
S
+ }
@@ expression x, y, a, b; @@
- x = y ? a : b;
+ if (y)
+   x = a;
+ else
+   x = b;
