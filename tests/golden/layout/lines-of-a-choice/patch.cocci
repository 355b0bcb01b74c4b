// The lines of a choice say nothing about the indentation of statements.
@@
expression x, a, b;
@@
- return x ? a : b;
+ if (x)
+   return a;
+ else
+   return b;
