// An argument that comes into a new call takes the call with it on its line.
@@
expression a, b, c;
@@
- memcpy(a, b, c)
+ memmove(a, b, min_t(size_t, c, INT_MAX))
