@@
expression x;
@@
  x = alloc(...);
  ...
- free(x);
+ release(x);
