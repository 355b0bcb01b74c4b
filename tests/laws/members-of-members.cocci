// Kind: matches within the values of matches.
// not idempotent
@@
expression p;
identifier m;
@@
- p->m
+ (*p).m
