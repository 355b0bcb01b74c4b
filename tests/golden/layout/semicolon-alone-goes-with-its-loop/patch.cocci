@@
expression x;
statement S;
@@
- while (x) S
+ if (x)
+   do S while (x);
