// Kind: calls within the values of calls, which all grow.
// not idempotent
@@
identifier f =~ "^(le|be|cpu_to)";
expression e;
@@
- f(e)
+ f((u64)e)

@@
expression a, b;
@@
- (a) | (b)
+ (a) + (b)

@@
expression a, b;
@@
- a | b
+ (b) | (a)
