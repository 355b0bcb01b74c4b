@@
identifier x;
@@
- static int x;
+ long x;
