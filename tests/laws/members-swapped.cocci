// Kind: members of structs change places.
// not compiled
// not idempotent
@@
identifier s, m, x;
type T;
@@
struct s {
...
- spinlock_t m;
- T x;
+ T x;
+ spinlock_t m;
...
};

@@
identifier s, m, x;
type T;
@@
struct s {
...
- struct mutex m;
  T x;
+ struct mutex m;
...
};
