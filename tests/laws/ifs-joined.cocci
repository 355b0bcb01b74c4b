// Kind: nested branches become one.
@@
expression x, y;
statement S;
@@
- if (x)
- if (y)
+ if (x && y)
    S
