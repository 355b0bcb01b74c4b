// Kind: longer argument lists, which may have to be broken.
@@
expression d, i, h, f, n, p;
@@
- devm_request_irq(d, i, h, f, n, p)
+ devm_request_threaded_irq(d, i, h, NULL, f, n, p)

@@
expression d, n;
@@
- devm_kzalloc(d, n, GFP_KERNEL)
+ devm_kmalloc_array(d, 1, n, GFP_KERNEL | __GFP_ZERO)
