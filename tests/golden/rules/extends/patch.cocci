@handler@
identifier fn;
@@

struct ops v = { .open = fn, };

@change extends handler@
@@

fn(...) {
- old(1);
+ new(1);
}
