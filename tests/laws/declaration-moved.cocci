// Kind: declarations move to the first value, or behind others.
// not idempotent
@@
type T;
identifier x;
expression e;
statement S;
@@
- T x;
... when != x
    when != S
- x = e;
+ T x = e;

@@
identifier x;
type T;
identifier y;
@@
- int x;
T y;
+ int x;
