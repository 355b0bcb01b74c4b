// Kind: expressions in a row become statements.
@@
expression x, y, a, b;
@@
- x = a, y = b;
+ x = a;
+ y = b;
