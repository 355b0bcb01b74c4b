@@ @@
+#ifdef A
  foo();
+#endif
