// In a file whose authors write `} else`, an `else` behind a brace that comes is pulled up to it.
@@
expression x;
@@
+ prepare(x);
  foo(x);

@@
expression x;
@@
  if (x)
+ {
  bar(1);
+ }
  else
  c();
