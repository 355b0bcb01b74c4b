@@
identifier x, s;
expression e;
@@
 struct s x = {
 ...,
- e,
+ f(e),
 ...
 };
