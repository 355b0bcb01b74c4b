@@ identifier f; parameter list ps; @@
 f(
+ unsigned int spare_number,
 ps) { ... }

@@ expression x, y; statement S; @@
- if (x) S
+ if (y && x) S
  else if (y) { ... }
