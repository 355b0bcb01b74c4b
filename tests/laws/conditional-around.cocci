// Kind: directives around statements and functions.
// not idempotent
@@
expression d;
expression list es;
@@
+ #ifdef DEBUG
dev_dbg(d, es);
+ #endif

@@
identifier f;
@@
+ #ifdef CONFIG_PM_SLEEP
static int f(struct device *dev) { ... }
+ #endif

@@
expression x;
@@
+ #if 0
+ barrier();
+ #else
return -ENODEV;
+ #endif
