// Lines in line with a bracket stay so when code in front of it changes, also in lists that nothing is added to.
@@
identifier f;
@@
- static int
+ static noinline long
f(...)
{ ... }

@@
@@
- compute
+ work_out
 (...)

@@
identifier r;
@@
- int
+ long
r = ...;
