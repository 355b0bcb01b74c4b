// Kind: a statement in front of the end of a case.
// not idempotent
@@
@@
+ barrier();
break;
