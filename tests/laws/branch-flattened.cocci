// Kind: the last branch of a function becomes the rest of it.
// not idempotent
@@
identifier f;
expression x;
statement list ss;
@@
void f(...) {
...
- if (x) {
+ if (!(x))
+   return;
+
  ss
- }
}
