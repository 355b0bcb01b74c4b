// Kind: storage and type of functions.
// not idempotent
@@
identifier f;
@@
- static int
+ static noinline int
f(...)
{ ... }
