// Kind: pieces of strings come and go.
// not idempotent
@@
expression d;
constant c;
expression list es;
@@
dev_err(d,
- c
+ c "at " __FILE__ "\n"
  , es)

@@
expression list es;
constant c;
@@
printk(KERN_INFO
- c
+ pr_fmt(c)
  , es)

@@
constant char *c;
@@
- seq_puts(m, c)
+ seq_printf(m, "%s" c, "")
