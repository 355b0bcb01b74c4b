// What replaces the `if` of an `else if` gets a line of its own.
@@
expression x, a, b;
@@
- if (x)
-	return a;
- else
-	return b;
+ return x ? a : b;
