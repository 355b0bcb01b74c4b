@@
identifier x;
@@
- #define x __attribute__((old))
+ #define x __attribute__((new))
