@@
expression x;
@@
- start(x);
... when != x
stop();
