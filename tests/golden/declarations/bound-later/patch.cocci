@@
identifier fn;
expression e;
@@

fn(...) {
++ prepare(e);
... when any
use(e);
... when any
}
