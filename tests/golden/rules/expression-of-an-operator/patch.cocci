@r@
binary operator b = {+, &&};
expression x, y, whole;
@@
  !x b@whole y

@@
expression r.whole;
@@
- check(whole)
+ checked()
