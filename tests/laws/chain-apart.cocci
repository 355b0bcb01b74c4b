// Kind: a chain of branches is taken apart where a branch leaves.
// not idempotent
@@
expression x, y, e;
statement S;
@@
if (x)
  return e;
- else
if (y) S

@@
expression x, e;
statement S;
statement list ss;
@@
if (x) {
  ss
  return e;
}
- else
S
