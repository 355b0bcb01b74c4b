@@
expression e;
@@
(
- f(e, 0)
+ f0(e)
|
- f(e, e)
+ ff(e)
|
- f(e, ...)
+ g(e)
)
