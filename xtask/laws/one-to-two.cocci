// not idempotent
// Two statements for one.
@@
expression e;
@@
- mutex_unlock(e);
+ barrier();
+ mutex_unlock(e);
