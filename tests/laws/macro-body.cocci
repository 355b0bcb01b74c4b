// Kind: the bodies of macros.
// not idempotent
@@
identifier M;
identifier list is;
expression e;
@@
#define M(is)
- e
+ (0 + e)
