// Kind: a choice becomes two branches.
// not idempotent
@@
expression x, a, b;
@@
- return x ? a : b;
+ if (x)
+   return a;
+ else
+   return b;

@@
expression x, y, a, b;
@@
- y = x ? a : b;
+ if (x)
+   y = a;
+ else
+   y = b;
