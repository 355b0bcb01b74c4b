// Kind: all of a block, of a function or of a list goes.
@@
identifier f;
@@
f(...) {
- return 0;
}

@@
expression x;
@@
if (x) {
- return;
}

@@
expression e;
@@
- default: break;
