@@
expression x;
statement S, T;
@@
- if (x) S
- else T
+ if (!x) T
+ else S
