// Kind: comments in plus code.
// not idempotent
@@
expression x;
@@
+ // the memory of x
  kfree(x);
+ /* nothing is left */

@@
expression x, e;
@@
+ /*
+  * Memory for x.
+  */
x = kzalloc(e, GFP_KERNEL);

@@
expression e;
@@
- return -EINVAL;
+ /* no such value */
+ return -ERANGE; /* as promised */
