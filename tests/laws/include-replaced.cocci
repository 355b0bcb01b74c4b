// Kind: an include is replaced.
// not idempotent
@@
@@
- #include <linux/init.h>
+ #include <linux/bug.h>
+ #include <linux/init.h>
