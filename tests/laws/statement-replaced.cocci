// Kind: one statement becomes two, in branches too.
@@
@@
- return -EINVAL;
+ barrier();
+ return -ERANGE;
