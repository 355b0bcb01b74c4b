// What would come around a branch that holds the end of a conditional would stand in one of its branches only: that match is left out.
@@
expression x, y;
statement S, T, U;
@@
if (x) S
else if (y) T
- else U
+ else if (!y) U
