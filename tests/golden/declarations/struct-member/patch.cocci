@@
identifier s;
@@
struct s {
  ...
- int count;
+ refcount_t count;
  ...
};
