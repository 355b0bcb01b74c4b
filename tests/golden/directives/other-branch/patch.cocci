@@
expression x;
@@
- g(x)
+ k(x)
