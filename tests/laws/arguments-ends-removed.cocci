// Kind: the first and the last argument and parameter go.
// not compiled
// not idempotent
@@
expression a;
expression list es;
@@
dev_err(
- a,
  es)

@@
expression e;
expression list es;
@@
devm_kzalloc(es
- , e
  )

@@
type T;
identifier f, x;
parameter list ps;
@@
static int f(ps
- , T x
  ) { ... }
