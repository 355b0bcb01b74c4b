// not idempotent
// A statement behind a call.
@@
expression e;
@@
 kfree(e);
+ barrier();
