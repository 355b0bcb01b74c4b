@@
expression x;
@@
- dbg(x);
