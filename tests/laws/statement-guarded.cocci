// Kind: statements in the place of a block, and heads around statements.
// not idempotent
@@
expression x;
expression list es;
@@
+ if (net_ratelimit())
  dev_err(x, es);

@@
expression list es;
@@
- pr_debug(es);
+ if (0) {
+   pr_debug(es);
+   barrier();
+ }
