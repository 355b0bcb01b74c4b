@@
expression e;
@@
- start(e)
+ begin(e)
  ...
?- stop(e)
+ end(e)
  ...
  done(e);
