@@
symbol old;
@@

- int old;
++ long after;
