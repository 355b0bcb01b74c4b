@@
identifier x;
expression e;
@@
- #define x e
+ #define x (e)

@@
identifier x;
@@
- #define x
