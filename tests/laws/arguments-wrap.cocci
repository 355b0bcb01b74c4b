// Kind: long names in front of argument lists of several lines.
@@
expression a, b, c;
expression list es;
@@
- snprintf(a, b, c, es)
+ scnprintf_with_a_longer_name(a, b, c, es)

@@
expression a, b;
@@
- kmalloc(a, b)
+ kmalloc_node(a, b | __GFP_NOWARN, NUMA_NO_NODE)

@@
expression a, b;
@@
- kzalloc(a, b)
+ kmalloc_node(a, b | __GFP_ZERO, NUMA_NO_NODE)

@@
expression a, b, c;
@@
- memcpy(a, b, c)
+ memmove(a, b, min_t(size_t, c, INT_MAX))
