// A comment in front of a directive belongs to the block that moves.
@@
expression x;
statement list ss;
@@
- if (!x) {
ss
- }
