@@
expression a, b;
identifier t;
@@
- t = a;
- a = b;
- b = t;
+ swap(a, b);
