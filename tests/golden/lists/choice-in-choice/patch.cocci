@@
expression flags, x;
@@
request(
(
-0
+ZERO
|
x
)
 ,
(
-0
+ONE
|
-flags
+flags | ONE
)
 )
