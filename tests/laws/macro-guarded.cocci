// Kind: statements of macro bodies get heads, braces and neighbours.
// not idempotent
@@
identifier M;
expression list es;
expression x;
@@
- WARN_ON(x);
+ if (x) {
+   dump_stack();
+   barrier();
+ }

@@
expression x, y;
@@
+ barrier();
x = y;

@@
expression x;
statement S;
@@
- if (x)
+ if (likely(x))
S
