// Kind: a check comes behind an assignment.
// not idempotent
@@
expression x, a, g;
@@
x = kmalloc(a, g);
+ if (!x)
+   return -ENOMEM;

@@
expression x, a;
@@
x = devm_kzalloc(a, ...);
+
+ if (IS_ERR(x)) {
+   barrier();
+   return PTR_ERR(x);
+ } else {
+   barrier();
+ }
+
