// Kind: strings of several pieces.
// not idempotent
@@
expression d;
constant c;
expression list es;
@@
- dev_err(d, c, es)
+ dev_err(d, "spare: " c, es)

@@
constant c;
expression list es;
@@
- pr_err(c, es)
+ printk_deferred(KERN_ERR c, es)

@@
constant c;
@@
- pr_info(c)
+ printk(KERN_INFO pr_fmt(c))
