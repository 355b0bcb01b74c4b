// Kind: statements in macros of several lines.
// not idempotent
@@
expression x;
@@
- BUG_ON(x);
+ if (WARN_ON(x))
+   dump_stack();

@@
expression list es;
@@
  printk(es);
+ barrier();
