@@ @@
+ /* Now
+  * all is well. */
+ g();
  f();
