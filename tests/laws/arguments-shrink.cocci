// Kind: arguments go.
@@
expression a, b, c;
@@
- devm_kcalloc(a, b, c, GFP_KERNEL)
+ devm_kzalloc(a, (b) * (c), GFP_KERNEL)

@@
expression d, f, n, p, i, h;
@@
devm_request_threaded_irq(d, i,
-   h, NULL
+   NULL, h
    , f, n, p)
