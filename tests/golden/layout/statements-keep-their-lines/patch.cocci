@@
expression x, y;
statement S, T, U;
@@
if (x) S
else if (y) T
- else U
+ else if (!y) U
+ else barrier();
