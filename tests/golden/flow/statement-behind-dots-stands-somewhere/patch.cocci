// Every path is excused in `retries`, but it returns neither.
@@
identifier f;
typedef bool;
@@
- int
+ bool
  f(...)
  {
  ...
  return \(true\|false\);
  }

// The end of the function is no `return` in the branch that goes there.
@@
identifier x;
@@
- if (!x) { ... return; }
