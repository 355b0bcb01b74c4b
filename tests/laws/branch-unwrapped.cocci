// Kind: the head of a branch goes and its statements move out.
@@
expression x;
statement list ss;
@@
- if (!x) {
ss
- }
