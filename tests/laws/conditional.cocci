// Kind: a branch becomes an expression.
@@
expression x, a, b;
@@
- if (x)
- return a;
- else
- return b;
+ return x ? a : b;
