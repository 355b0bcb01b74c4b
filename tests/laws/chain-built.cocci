// Kind: branches in a row become a chain.
@@
expression x, y, a;
statement S;
@@
if (x)
  return a;
+ else
if (y) S
