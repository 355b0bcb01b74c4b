@@ expression list es; @@
- call(es)
+ call(es, added_argument)
@@ expression list es; @@
- call(es)
+ call(first_added_argument, es)
@@ expression list es; @@
- call(es)
+ call_with_a_longer_name(es)
