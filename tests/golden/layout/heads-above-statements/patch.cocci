// A statement that gets a head, or an `else`, stands on the line below it if it has lines of its own.
@@
expression x, y;
@@
+ if (may_fail())
+   undo(x);
+ else
  foo(x, y);
