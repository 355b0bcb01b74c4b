@@ expression E1, E2; @@
- dev_err(E1, E2, ...);
+ report(E1);
+ count(E1);
