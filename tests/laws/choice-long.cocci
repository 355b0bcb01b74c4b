// Kind: choices that may be too long for a line.
// not idempotent
@@
expression x, a;
identifier f;
expression list es;
@@
- x = f(es);
+ x = unlikely(in_interrupt()) && in_nmi() ? f(es) : f(es);

@@
expression e;
identifier f;
expression list es;
@@
- return f(es);
+ return in_interrupt() && in_nmi() ? f(es) : f(es);
