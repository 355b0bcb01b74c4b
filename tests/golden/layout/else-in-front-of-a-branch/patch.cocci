@@
expression x, e;
statement S;
@@
if (x) return e;
+ else
S
