@@
expression e;
@@
  if (...) {
    <...
-   old(e)
+   new(e)
    ...>
  }
