// Kind: tests that need other parentheses.
@@
expression *x;
@@
- !x
+ x == NULL

@@
expression x, y;
@@
- !(x == y)
+ x != y

@@
expression *x;
statement S;
@@
- if (x)
+ if (x != NULL)
S
