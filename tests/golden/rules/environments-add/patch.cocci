@r@
expression e;
@@

use(e);

@@
expression r.e;
@@

++ prepare(e);
start();
