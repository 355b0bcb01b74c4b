@@
identifier s, l, x;
type T;
@@
struct s {
...
- spinlock_t l;
- T x;
+ T x;
+ spinlock_t l;
...
};

@@
identifier x;
type T;
identifier y;
@@
- int x;
T y;
+ int x;
