// Kind: one variable of a declaration gets another type, or loses its value.
@@
identifier ret;
@@
- int ret;
+ long ret;

@@
identifier ret;
@@
- int ret = 0;
+ long ret = 0;
