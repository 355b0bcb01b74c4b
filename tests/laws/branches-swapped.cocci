// Kind: the branches of an if change places.
// not idempotent
@@
expression x;
statement S, T;
@@
- if (x) S
- else T
+ if (!(x)) T
+ else S
