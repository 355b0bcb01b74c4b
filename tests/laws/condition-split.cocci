// Kind: a condition of two parts becomes two branches.
// not idempotent
@@
expression x, y;
statement S;
@@
- if (x && y) S
+ if (x)
+   if (y) S
