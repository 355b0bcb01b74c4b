// Kind: branches get braces.
@@
expression x;
@@
if (x)
+ {
+ barrier();
return -ENODEV;
+ }
