// Kind: blocks of one statement lose their braces.
@@
expression x, e;
@@
if (x)
- {
return e;
- }
