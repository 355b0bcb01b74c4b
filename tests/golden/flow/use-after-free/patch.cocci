@@
expression x;
identifier f;
@@
- free(x);
  ... when != x = ...
  x->f
