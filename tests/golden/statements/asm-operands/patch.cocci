@@
identifier ret;
type T;
constant C;
@@
- T ret = C;
... when != ret
    when strict
- return ret;
+ return C;

@@
expression E;
@@
- table[E]
+ entry(E)
