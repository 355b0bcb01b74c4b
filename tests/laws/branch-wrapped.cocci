// Kind: statements come into a branch.
// not idempotent
@@
expression x;
@@
+ if (x) {
kfree(x);
+ }
