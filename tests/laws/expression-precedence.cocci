// Kind: values that need parentheses in their new place, or no longer do.
@@
expression a, b;
@@
- BIT(a + b)
+ (BIT(a) << b)

@@
expression a, b;
@@
- min(a, b)
+ (a < b ? a : b)
