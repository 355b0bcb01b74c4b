@@
attribute name __mine;
type T;
identifier x;
@@
 T x
- __mine
 ;

@@
attribute name __other;
identifier f;
@@
- __other int f(void)
+ long f(void)
 { ... }

@@
identifier x;
@@
 int
- __attribute__((..., packed, ...))
 x;
