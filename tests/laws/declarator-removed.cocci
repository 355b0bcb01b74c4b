// Kind: one of several declarators goes, or gets a type of its own.
@@
identifier i = {i, j, n, len, count};
@@
- int i;
+ unsigned int i;

@@
identifier i = {err, error, rc, retval};
@@
- int i = 0;
+ int i;
