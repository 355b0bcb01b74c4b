@@ expression x, y; @@
- foo(x, y);
+ bar( y ,x );
+ if(x)
+     baz (x+y , 3*4) ;
@@ expression x; @@
- old(x)
+ new( x,1 )
@@ statement S; @@
- if (here) S
+ while(there) S
