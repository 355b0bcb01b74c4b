@@
identifier f, p;
@@
  f(struct dev *p)
  {
    <...
-   p->old
+   p->new
    ...>
  }
