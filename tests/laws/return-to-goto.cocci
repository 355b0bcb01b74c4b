// Kind: returns become jumps to an added label.
// not compiled
// not idempotent
@@
identifier f;
expression e;
@@
f(struct platform_device *pdev) {
<+...
- return -ENOMEM;
+ goto spare;
...+>
return 0;
+ spare:
+ return -ENOMEM;
}
