// Kind: declarations are joined or parted.
@@
identifier x, y;
@@
- int x;
- int y;
+ int x, y;

@@
identifier x, y;
@@
- unsigned long x, y;
+ unsigned long x;
+ unsigned long y;
