// Kind: the variable of a loop is declared in its head.
// not idempotent
@@
identifier i;
expression a, b;
statement S;
@@
- for (i = 0; a; b) S
+ for (int i = 0; a; b) S

@@
expression a, b, c;
statement S;
@@
- for (a; b; c) S
+ for (a; (b) && !need_resched(); c, cond_resched()) S
