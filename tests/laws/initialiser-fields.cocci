// Kind: elements come into initialisers with designators.
// not idempotent
@@
identifier o, f, s = {file_operations, proc_ops, platform_driver, i2c_driver};
@@
struct s o = {
  .probe = f,
+ .remove = NULL,
};

@@
identifier o, f;
@@
struct file_operations o = {
  .open = f,
+ .llseek = noop_llseek,
};

@@
identifier o;
expression e;
@@
struct file_operations o = {
- .owner = e,
+ .owner = (e), .llseek = NULL,
};

@@
identifier o;
@@
struct device_driver o = {
+ .owner = NULL,
  ...
};
