// Kind: declarations go, one of several declarators too.
// not compiled
@@
identifier i = {flags, tmp, err, len};
type T;
@@
- T i;
