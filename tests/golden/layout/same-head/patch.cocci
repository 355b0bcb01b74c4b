@@
expression x;
statement S;
@@
- if (x != NULL)
+ if (x)
    S
