@@
metavariable a;
expression x, b;
@@
- x->a = b
+ set(b)
