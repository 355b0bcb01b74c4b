// Kind: the type of functions, also where it stands on a line of its own, and attributes.
// not idempotent
@@
identifier f;
parameter list ps;
@@
- int
+ signed int
f(ps) { ... }

@@
identifier f;
@@
- void f(void)
+ noinline void f(void)
{ ... }
