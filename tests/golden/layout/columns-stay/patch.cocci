@@ @@
struct s x = {
- .open = old_open,
+ .open = simple_open,
};
@@ @@
- #define B 2
+ #define B 3
