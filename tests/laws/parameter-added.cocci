// Kind: a parameter is added to static functions and, with its argument, to their calls.
// not idempotent
@f@
identifier f;
parameter list ps;
type T;
@@
static T f(ps
+   , int spare
    ) { ... }

@@
identifier f.f;
expression list es;
@@
f(es
+   , 0
    )
