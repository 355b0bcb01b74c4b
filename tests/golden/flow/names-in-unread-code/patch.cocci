// What is not read may use the variable.
@@
type T;
identifier ret;
constant C;
@@
- T ret = C;
  ... when != ret
      when strict
- return ret;
+ return C;
