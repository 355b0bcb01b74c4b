// Kind: parts of choices.
@@
expression x, y;
@@
- x ? x : y
+ x ?: y

@@
expression x;
@@
- x ? 1 : 0
+ !!x
