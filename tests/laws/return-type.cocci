// Kind: a function without result gets one.
// not idempotent
@f@
identifier f;
parameter list ps;
@@
- static void f(ps)
+ static int f(ps)
{
<...
- return;
+ return 0;
...>
+ return 0;
}
