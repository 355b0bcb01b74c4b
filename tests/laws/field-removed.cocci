// Kind: a member of a struct goes, also one of several in a declaration; its users go too.
// not compiled
@r@
identifier s;
identifier x = {padding, reserved, unused, pad, dummy, spare, __pad, filler, rsvd};
type T;
@@
struct s {
...
- T x;
...
};

@@
identifier s;
identifier x = {padding, reserved, unused, pad, dummy, spare, __pad, filler, rsvd};
type T;
@@
struct s {
...
- T x[...];
...
};
