@@
expression e;
type T;
@@

- (T)e
+ e
