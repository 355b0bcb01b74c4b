// Kind: a chain of branches becomes a switch.
@@
expression x;
constant c, d;
statement S, T;
@@
- if (x == c) S
- else if (x == d) T
+ switch (x) {
+ case c:
+   S
+   break;
+ case d:
+   T
+   break;
+ }

@@
expression x;
constant c, d;
statement S, T, U;
@@
- if (x == c) S
- else if (x == d) T
- else U
+ switch (x) {
+ case c:
+   S
+   break;
+ case d:
+   T
+   break;
+ default:
+   U
+ }
