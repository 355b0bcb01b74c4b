// Kind: the values of case labels.
// not idempotent
@@
constant c;
@@
- case c:
+ case (c) + 0:
