// Kind: the bodies of macros, on several lines too.
// not idempotent
@@
statement S;
@@
  do {
+   barrier();
    S
    ...
  } while (0)

@@
identifier M, x;
expression e;
@@
- #define M(x) e
+ #define M(x) (0 + e)
