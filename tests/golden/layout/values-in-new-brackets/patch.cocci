// Lines of a value that stood in line with its start do so in the bracket that it comes into.
@@
expression x, y;
statement S;
@@
- if (x && y)
+ if (unlikely(x) && unlikely(y))
  S

@@
expression x;
statement S;
@@
- while (x)
+ for (; x;)
  S
