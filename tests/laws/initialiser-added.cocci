// Kind: an element is added to an initialiser.
// not idempotent
@@
identifier d, p;
@@
struct platform_driver d = {
  .probe = p,
+ .prevent_deferred_probe = true,
};
