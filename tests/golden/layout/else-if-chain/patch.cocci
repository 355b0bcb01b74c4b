@@
expression e;
@@
- if (old(e))
+ if (new(e))
  S();
