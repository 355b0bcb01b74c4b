@@
expression e;
@@
  if (e) {
    ...
+   release();
    return ...;
  }
