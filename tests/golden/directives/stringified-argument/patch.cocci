@@
expression x;
statement S, U;
@@
 if (x) S
- else U
+ else if (!x) U
