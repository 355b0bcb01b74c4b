// Kind: casts go.
@@
type T;
identifier x;
@@
- (T *)x
+ (void *)x
