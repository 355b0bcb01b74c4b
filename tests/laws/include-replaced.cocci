// Kind: an include is replaced.
@@
@@
- #include <linux/init.h>
+ #include <linux/bug.h>
+ #include <linux/init.h>
