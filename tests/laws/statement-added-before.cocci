// Kind: a statement is added in front of another, also where that is a branch.
// not idempotent
@@
@@
+ barrier();
return -ENOMEM;
