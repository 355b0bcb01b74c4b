@@
expression *e;
@@
- check(e)
+ check_ptr(e)
