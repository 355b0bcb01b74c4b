// not idempotent
// Arguments change places.
@@
expression a, b;
@@
- min(a, b)
+ min(b, a)
