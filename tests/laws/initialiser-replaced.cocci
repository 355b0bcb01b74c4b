// Kind: an element of an initialiser is replaced.
// not idempotent
@@
identifier i, s;
expression e;
@@
struct regmap_config i = {
- .max_register = e,
+ .max_register = (e) + 0,
};

@@
identifier i, s;
constant c;
@@
struct s i = {
- .name = c,
+ .name = "" c,
};
