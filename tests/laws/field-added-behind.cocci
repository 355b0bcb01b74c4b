// Kind: a member is added behind another.
// not idempotent
@@
identifier s;
@@
struct s {
...
struct list_head list;
+ unsigned long list_stamp;
+ bool list_valid;
...
};
