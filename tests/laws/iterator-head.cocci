// Kind: heads of iterators.
@@
iterator name list_for_each_entry, list_for_each_entry_reverse;
expression x, h;
identifier m;
statement S;
@@
- list_for_each_entry(x, h, m)
+ list_for_each_entry_reverse(x, h, m)
  S
