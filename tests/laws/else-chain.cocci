// Kind: an else is added to a branch, and branches to a chain.
// not idempotent
@@
expression x;
@@
if (x < 0)
  return x;
+ else if (x > 0)
+ barrier();

@@
expression x, y;
statement S, T, U;
@@
if (x) S
else if (y) T
- else U
+ else if (!y) U
+ else barrier();
