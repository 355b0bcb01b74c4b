// Kind: assignments in conditions come in front of the branch.
// not idempotent
@@
expression x, y;
expression e;
statement S;
@@
- if ((x = e) < y) S
+ x = e;
+ if (x < y) S

@@
expression x, e;
statement S;
@@
- if (!(x = e)) S
+ x = e;
+ if (!x) S

@@
expression x, y, e;
@@
- x = y = e;
+ y = e;
+ x = y;
