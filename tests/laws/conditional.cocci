// Kind: a branch becomes an expression.
// not idempotent
@@
expression x, a, b;
@@
- if (x)
- return a;
- else
- return b;
+ return x ? a : b;
