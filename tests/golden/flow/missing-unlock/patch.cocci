@@
expression l, e;
@@
  lock(l);
  ... when != unlock(l)
  if (...) {
    ... when != unlock(l)
+   unlock(l);
    return e;
  }
  ...
  unlock(l);
