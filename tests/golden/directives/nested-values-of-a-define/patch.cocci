@@ expression E; identifier i; @@
 #define i
- E
+ (E)
