// Kind: sums and other operations that may be too long for a line.
// not idempotent
@@
expression x, a, b;
@@
- x = a + b;
+ x = (a) + (b) + (a) * (b) - (a);

@@
expression x, a, b;
@@
- x |= a | b;
+ x |= a | b | (a << 1) | (b << 1);
