// Kind: assignments and returns.
@@
expression x, y;
@@
- x = x + y
+ x += y

@@
expression x, y;
@@
- x = x | y
+ x |= y

@@
expression e;
@@
- return (e);
+ return e;
