@@
expression e;
@@
- alloca(e)
+ malloc(e)

@@
expression e;
@@
- twice(e, e)
+ once(e)

@@
@@
- other(...);

@@
expression list l;
@@
- list(l)
+ vector(l)
