// The later rule declares `ops` and does not use it: the isomorphism that drops it applies.
@r@
struct ops ops;
identifier f;
@@

  ops.open = f;

@extra extends r@
@@

- f
+ opened
