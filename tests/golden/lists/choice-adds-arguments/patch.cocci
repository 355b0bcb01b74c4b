@@ expression E; @@
 moo(
(
  1
|
- E
+ E, 2
)
  )
@@ expression E; @@
 goo(...,
(
  1
|
- E
+ E, 2
)
  ,...)
