// White space around a replaced value stays; a long initialiser is broken under its first element; a comment stays behind the code.
@@
@@
- 7
+ LIMIT

@@
@@
  RANGE
+ * 4096
