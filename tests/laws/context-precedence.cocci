// Kind: added operators in kept expressions.
// not idempotent
@@
expression x;
@@
  readl(x)
+ + 0

@@
expression x;
@@
+ 1 +
  ARRAY_SIZE(x)

@@
expression x;
@@
- cpu_to_le16(x)
+ (x) | 0

@@
expression x, y;
@@
- max(x, y)
+ x > y ? x : y
