// Kind: casts go, with the parentheses that they alone asked for.
@@
expression *e;
@@
- (void *)e
+ e
