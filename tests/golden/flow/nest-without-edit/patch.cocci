@found@
identifier f;
@@
f(...) {
  <+...
  wanted();
  ...+>
}

@depends on found@
@@
- other();
