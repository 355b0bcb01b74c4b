@@ @@
foo();
+ #define X 3
bar();
