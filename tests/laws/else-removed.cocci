// Kind: the else behind a branch that returns goes.
@@
expression x, e;
statement S;
@@
if (x)
  return e;
- else
  S
