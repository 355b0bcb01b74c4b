@@ @@
 struct s {
 ...
 int a;
+ unsigned long added;
+ struct list_head *list;
+ int (*fn)(int a, int b);
+ u8 bits[4], more;
 ...
 };
@@ @@
 struct u {
+ int first;
 ...
 };
@@ identifier i; @@
 struct drv i = {
 .a = 1,
+ .added = NULL,
 };
@@ @@
 f(...) {
 int a;
+ int longer_name = 0;
 ...
 }
