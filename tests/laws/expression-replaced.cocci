// Kind: a call is replaced, its arguments in another order; macro bodies too.
@@
expression v, a;
@@
- writel(v, a)
+ iowrite32(v, a)

@@
expression a;
@@
- readl(a)
+ ioread32(a)
