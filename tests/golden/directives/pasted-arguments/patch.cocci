@@ expression x,y; @@
- moo(x,y)
+ zoo(y,x)
@@ expression y; @@
 moo(...,
- y
+ yy(y)
 )
@@ expression y; @@
 boo(...,
- y
 )
@@ expression E; @@
- foo(E, ...);
