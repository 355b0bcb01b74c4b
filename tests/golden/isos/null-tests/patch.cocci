@@
expression x;
@@
  x = kmalloc(...);
- if (x == NULL)
+ if (WARN_ON(x == NULL))
  { ... return ...; }
