@@ expression E, F; @@
- foo(E, F)
+ bar(F, E)
@@ identifier i; @@
- old(i)
+ new(i)
@@ expression list es; @@
- log(es)
+ trace(es)
