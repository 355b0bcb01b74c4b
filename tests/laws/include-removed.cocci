// Kind: includes go or come.
// not idempotent
@@
@@
- #include <linux/slab.h>

@@
@@
- #include <linux/module.h>
+ #include <linux/module.h>
+ #include <linux/slab.h>

@@
@@
+ #include <linux/bitops.h>
#include <linux/delay.h>
