@@
identifier f;
@@
- int f(void)
- {
-   return 0;
- }
