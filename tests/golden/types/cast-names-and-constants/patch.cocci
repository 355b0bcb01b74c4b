@@ idexpression x; @@
- f(x)
+ id(x)
@@ constant C; @@
- f(C)
+ constant(C)
