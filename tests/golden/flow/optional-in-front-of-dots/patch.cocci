// Without the first call, the dots begin where the function begins.
@@
identifier x;
expression e, f;
@@
?begin(f);
... when any
    when != x = e
- finish(f);
