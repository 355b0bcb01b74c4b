// not idempotent
// A statement in front of a call, also where the call is a branch.
@@
expression list es;
@@
+ might_sleep();
 mutex_lock(es);
