// Kind: a statement is added behind another.
// not idempotent
@@
expression d, x;
@@
dev_set_drvdata(d, x);
+ barrier();
