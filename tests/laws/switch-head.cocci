// Kind: heads of switches and of branches.
// not idempotent
@@
expression x;
@@
- switch (x) {
+ switch ((int)x) {
  ...
  }

@@
expression x, y;
statement S;
@@
- if (x && y)
+ if (unlikely(x) && unlikely(y))
  S
