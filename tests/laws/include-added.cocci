// Kind: an include is added.
// not idempotent
@@
@@
#include <linux/module.h>
+ #include <linux/bug.h>
