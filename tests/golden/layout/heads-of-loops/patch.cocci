// The head of a for that is too long is broken between its parts.
@@
type T;
identifier i;
expression e, c, n;
statement S;
@@
- T i;
...
- for (i = e; c; n)
+ for (T i = e; c; n)
  S
