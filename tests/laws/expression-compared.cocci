// Kind: comparisons with NULL.
@@
expression x;
@@
- x == NULL
+ !x

@@
expression x;
statement S;
@@
- if (x != NULL)
+ if (x)
    S
