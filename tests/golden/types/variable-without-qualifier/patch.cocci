@disable optional_qualifier@
type T; identifier x;
@@
- T x;
+ changed x;
