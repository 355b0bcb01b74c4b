@@
expression x;
statement list ss;
@@
- if (!x) {
ss
- }
