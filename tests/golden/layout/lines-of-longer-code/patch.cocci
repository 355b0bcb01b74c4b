@@ expression a, b; @@
- a == NULL && b
+ !(a) && (b) && name_of_another_function(a)

@@ identifier f, p; type T; parameter list ps; @@
- int f(T p, ps)
+ int f(struct much_longer_type_of_parameter *p, ps)
  { ... }

@@ expression x, y; @@
- old(x, y)
+ name_of_the_new_function_which_is_longer(x, y)

@@ expression x, y; @@
- if (both(x, y))
+ if (one(x) && one_more(y) && name_of_the_third_function(x, y, NULL) > 0)
  return;
