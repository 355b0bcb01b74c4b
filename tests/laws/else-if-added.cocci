// Kind: a branch comes between those of a chain, or goes.
// not idempotent
@@
expression x, y;
statement S, T;
@@
if (x) S
+ else if (0)
+   barrier();
else if (y) T

@@
expression x, y, z;
statement S, T, U;
@@
if (x) S
- else if (y) T
else if (z) U
