// Kind: parameters of static functions change places, and the arguments of their calls.
// not idempotent
@f@
identifier f;
type T, A, B;
identifier a, b;
parameter list ps;
@@
static T f(
- A a, B b
+ B b, A a
  , ps) { ... }

@@
identifier f.f;
expression x, y;
expression list es;
@@
f(
- x, y
+ y, x
  , es)
