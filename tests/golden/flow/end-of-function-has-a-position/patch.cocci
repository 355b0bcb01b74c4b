// The end of a function is a `return` that has a place: that of the brace.
@a exists@
position p;
@@
  lock();
  ... when != unlock()
  return@p;

@@
position a.p;
@@
+ unlock();
  return@p;
