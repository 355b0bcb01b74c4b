// Kind: the heads and ends of loops.
// not idempotent
@@
expression x;
statement S;
@@
- do S while (x);
+ do S while (likely(x));

@@
identifier i;
expression n;
statement S;
@@
- for (i = 0; i < n; i++)
+ for (i = 0; likely(i < n) && likely(i >= 0); i++)
  S

@@
expression x != 1;
statement S;
@@
- while (x)
+ for (; x;)
  S
