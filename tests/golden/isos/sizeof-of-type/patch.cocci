// The size of an expression stands for that of its type, if that is one that the rule wants.
@@ type T =~ "^struct"; @@
- clear(sizeof(T));
+ clear_struct();
