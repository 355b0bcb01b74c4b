@@
identifier f;
expression e;
statement S;
@@
- if (f(e)) S
+ if (f(e) != 0) S
