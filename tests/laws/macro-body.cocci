// Kind: the bodies of macros, on several lines too.
// not idempotent
@@
statement S;
@@
  do {
+   barrier();
    S
    ...
  } while (0);

@@
identifier M, x;
expression list es;
@@
- #define M(x) container_of(es)
+ #define M(x) (container_of(es))
