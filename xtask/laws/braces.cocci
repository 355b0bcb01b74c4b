// Braces around one statement go.
@@
expression e;
@@
 if (e)
-{
 return
 ...
 ;
-}
