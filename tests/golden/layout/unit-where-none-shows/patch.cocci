@@ expression x; @@
 foo(x);
+ if (x) {
+     bar(x);
+ }
