// not idempotent
// An argument list that grows, and is broken where it gets too long.
@@
expression list es;
@@
 dev_err(es
+ , "an argument that makes the line long enough to break", sizeof(struct list_head)
 )
