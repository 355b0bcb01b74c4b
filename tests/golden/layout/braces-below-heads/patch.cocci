// Braces and else go where the authors of the file put them.
@@ @@
  foo();
+ if (y) {
+   z((struct s){ 1 });
+   z();
+ } else if (w) {
+   v();
+   v();
+ } else {
+   u();
+   u();
+ }
+ do { a(); } while (x);
+ switch (x) { case 1: a(); }
