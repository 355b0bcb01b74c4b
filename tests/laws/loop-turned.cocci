// Kind: a loop becomes another kind of loop.
@@
expression x;
statement S;
@@
- while (x--)
-   S
+ for (; x > 0; x--)
+   S

@@
statement list ss;
@@
- while (1) {
-   ss
- }
+ do {
+   ss
+ } while (1);
