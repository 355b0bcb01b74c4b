// Kind: a declaration is added to the others.
// not idempotent
@@
identifier f;
parameter list ps;
type T;
identifier x;
expression e;
@@
f(ps) {
T x = e;
+ int spare = 0;
...
}
