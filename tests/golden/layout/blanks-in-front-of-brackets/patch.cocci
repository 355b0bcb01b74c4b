// Calls have a blank in front of their brackets where the authors of the file put one.
@@
expression e;
@@
- foo(e)
+ bar(e, sizeof(e), get(e))
