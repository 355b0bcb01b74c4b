// not idempotent
// A cast around an argument.
@@
expression e;
@@
 kfree(
+(const void *)
 e)
