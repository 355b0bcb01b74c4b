@@
expression list es;
@@
f(
+   0 /* spare */,
    es)

@@
expression list es;
@@
g(es
+   , 0 /* spare */, 1 /* last */
    )

@@
@@
- h(1);
+ /* a */ h(2); /* b */ h(3);
@@
@@
k(
+ /* x */
  1)
