// What is added beside the whole comparison goes with either order of its operands; what is added to an operand does not.
@@ expression E; @@
  x = E == 0
+ && ok(E)
  ;

@@ @@
  y =
+ ok() &&
  a < b;

@@ @@
  z = a + b
+ + 1
  ;

@@ @@
  z =
+ 1 +
  a * b;

@@ expression E; @@
  w = E == 7
+ + 1
  ;
