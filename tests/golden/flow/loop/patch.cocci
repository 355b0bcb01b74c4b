@@
expression x, n;
identifier i;
@@
- for (i = 0; i < n; i++)
-   clear(&x[i]);
+ clear_all(x, n);
