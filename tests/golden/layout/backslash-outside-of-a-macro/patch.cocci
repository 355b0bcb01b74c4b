@@
expression x;
statement S;
@@
- if (x) S
+ while (x) S
