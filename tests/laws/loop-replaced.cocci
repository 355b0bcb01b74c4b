// Kind: heads of loops.
@@
statement S;
@@
- while (1)
+ for (;;)
    S

@@
identifier i;
expression n;
statement S;
@@
- for (i = 0; i < n; i++)
+ for (i = 0; i != n; ++i)
    S
