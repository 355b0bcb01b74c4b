@@
expression i, j, a;
@@
- a[i, j]
+ at(a, i, j)
