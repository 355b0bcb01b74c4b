// Calls have their blanks where the authors of the file put them.
@@
expression e;
@@
- get_memory(this_heap(), 0, e)
+ get_memory_of_the_process(this_heap(), e, NULL)

@@
@@
- foo
+ foo_bar
  (...)

@@
expression e, f;
@@
  memset(e, 0, f);
+ if (e) {
+   bar(e, f);
+   baz();
+ }

@@
statement S;
@@
- if (keep)
+ if (must_keep(1, 2))
  {
- S
+ S
+ S
  }
