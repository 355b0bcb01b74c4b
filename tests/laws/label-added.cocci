// Kind: a label and statements behind it are added.
// not compiled
// not idempotent
@@
identifier f, ret = {ret, err, error, rc, retval};
@@
f(...) {
  ... when any
+ spare:
+ barrier();
  return ret;
}
