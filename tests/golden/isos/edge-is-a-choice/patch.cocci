@@
expression x, y;
@@
+ before();
- foo((x) < (y));
+ after(x, y);

@@
expression x, y;
@@
  bar(
- ((x) == NULL)
+ isnull(x)
  )
