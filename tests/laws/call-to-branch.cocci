// Kind: a statement becomes a branch, in branches too.
@@
expression x;
@@
- kfree(x);
+ if (x)
+   kfree_sensitive(x);

@@
expression x;
@@
- WARN_ON(x);
+ if (x) {
+   dump_stack();
+   barrier();
+ }
