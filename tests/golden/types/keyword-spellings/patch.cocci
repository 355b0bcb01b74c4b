@@
identifier x;
@@
- const volatile int x;
+ int x;

@@
expression e;
identifier x;
@@
- typeof(e) x;
+ __auto_type x;
