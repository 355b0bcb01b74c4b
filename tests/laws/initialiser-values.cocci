// Kind: values of initialisers, also several on a line.
// not idempotent
@@
identifier s, x, f;
expression list es;
@@
struct s x = {
  .f = {
-   es
+   es, 0
  },
};

@@
identifier x;
expression e;
@@
struct spi_driver x = {
  .driver = {
    .name = e,
+   .suppress_bind_attrs = true,
  },
};

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
