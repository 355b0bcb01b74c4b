@r@
expression a, b, c;
@@
(
first(a, c)
|
second(b, c)
)

@@
expression r.a, r.b, r.c;
@@
- use(\(a\|b\), c)
+ used(c)
