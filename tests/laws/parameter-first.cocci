// Kind: heads of functions over several lines get a parameter in front, calls an argument.
// not idempotent
@f@
identifier f;
parameter list[n] ps;
type T;
@@
static T f(
+   unsigned int spare_number,
    ps) { ... }

@@
identifier f.f;
expression list es;
@@
f(
+   0 /* spare */,
    es)
