// Kind: a function is added in front of another.
// not idempotent
@@
identifier f;
fresh identifier g = f ## "_spare";
@@
+ static inline int g(struct device *dev)
+ {
+   if (!dev)
+     return -EINVAL;
+   return 0;
+ }
+
f(struct platform_device *pdev)
{ ... }
