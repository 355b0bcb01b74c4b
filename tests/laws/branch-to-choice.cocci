// not idempotent
// Kind: two assignments become a choice.
@@
expression x, y, a, b;
@@
- if (x)
-   y = a;
- else
-   y = b;
+ y = x ? a : b;
