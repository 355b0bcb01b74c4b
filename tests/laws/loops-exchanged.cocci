// Kind: loops with the test in front become loops with the test behind, and the other way round.
// not idempotent
@@
expression x != 1;
statement S;
@@
- while (x) S
+ if (x)
+   do S while (x);

@@
expression x;
statement list ss;
@@
- do {
+ while (1) {
  ss
- } while (x);
+   if (!(x))
+     break;
+ }
