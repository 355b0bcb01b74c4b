@r@
expression E;
position p;
@@
 if (...) { ... E = k@p(...) ... } else { ... E = v(...) ... }

@@
expression E;
position r.p;
@@
- k@p(E)
+ kv(E)
