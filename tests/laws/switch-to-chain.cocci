// Kind: a switch of two cases becomes branches.
// not compiled
@@
expression x;
constant c;
statement S, T;
@@
- switch (x) {
- case c: S break;
- default: T break;
- }
+ if (x == c) S
+ else T

@@
expression x, y, z;
constant c;
@@
- switch (x) {
- case c: return y;
- default: return z;
- }
+ return x == c ? y : z;
