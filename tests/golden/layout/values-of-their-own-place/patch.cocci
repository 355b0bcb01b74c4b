@@
expression list es;
@@
- foo(es)
+ bar(es, 1)

@@
statement S;
@@
- if (x) S
+ while (y) S
