@@ expression x, e; identifier f; expression list es; @@
- x = f(es);
+ x = a_condition_with_a_long_name(x) ? f(es) : another_function_with_a_long_name(es);
