// Kind: a parameter gets another name, wherever the function uses it.
@f exists@
identifier f;
@@
f(...,struct platform_device *
-   pdev
+   platform
    ,...) {
<...
- pdev
+ platform
...>
}
