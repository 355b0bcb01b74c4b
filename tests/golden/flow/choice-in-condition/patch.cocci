@@
expression e;
statement s;
@@
if (
(
e
|
- e != NULL
+ e
)
   )
   {...}
else s
