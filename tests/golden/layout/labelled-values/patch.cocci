@@
statement S;
@@
- out: S
+ done: S
