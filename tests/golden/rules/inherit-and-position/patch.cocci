@r@
expression x;
position p;
@@
free@p(x);

@s@
expression r.x;
position r.p;
@@
free@p(x);
... when any
use(x);

@depends on !s@
position r.p;
expression r.x;
@@
- free@p(x);
+ free_checked(x);
