// A branch that gets an if and an else around it goes into braces.
@@ @@
+ if (y) {
  foo();
+ } else {
+ bar();
+ }
