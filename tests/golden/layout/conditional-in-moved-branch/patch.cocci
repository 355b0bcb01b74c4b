// Directives in a branch that goes a level deeper stay at the start of their lines.
@@
expression x, y;
statement S, T, U;
@@
if (x) S
else if (y) T
- else U
+ else if (!y) U
