// Kind: the size of an allocation.
@@
expression n, g;
type T;
@@
- kzalloc(n * sizeof(T), g)
+ kcalloc(n, sizeof(T), g)

@@
type T;
T *x;
expression g;
@@
x =
- kzalloc(sizeof(T), g)
+ kzalloc(sizeof(*x), g)
