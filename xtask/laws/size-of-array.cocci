// A macro call becomes an expression that binds less tightly.
@@
identifier x;
@@
- ARRAY_SIZE(x)
+ sizeof(x) / sizeof(x[0])
