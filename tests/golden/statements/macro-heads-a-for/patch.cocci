@@
expression e;
@@
- seen(e)
+ visited(e)

// What the loop changes is seen by `when`.
@@
identifier n;
constant C;
@@
- int n = C;
  ... when != n
- return n;
+ return C;

@@
expression list, node;
statement S;
@@
- for (ALL_ELEMENTS(list, node)) S
+ for (ALL_ELEMENTS_RO(list, node)) S

@@
iterator each;
expression list;
@@
- each(ONCE(list)) { }
