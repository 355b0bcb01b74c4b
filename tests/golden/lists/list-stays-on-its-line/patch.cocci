@@
identifier x, i;
expression a, b;
@@
static const struct i x[] = {
...,
- { a, b },
+ { a, .driver_data = b },
...
};
