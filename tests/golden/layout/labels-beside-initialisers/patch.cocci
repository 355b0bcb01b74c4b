@@ identifier f; @@
f(...) {
  ...
+ spare:
+ barrier();
  return ret;
}
