// Kind: code that holds comments is replaced.
// not idempotent
@@
identifier f;
expression a, b;
constant c;
@@
- f(a, b, c)
+ f(a, b, (c))

@@
expression x;
constant c, d;
@@
- x = c | d;
+ x = (c) | d;

@@
identifier f;
expression e;
statement S;
@@
- if (f(e)) S
+ if (f(e) != 0) S
