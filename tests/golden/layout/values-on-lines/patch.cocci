@@
expression x;
@@
- foo2(x)
+ bar(x)
