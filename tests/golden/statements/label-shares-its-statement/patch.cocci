@@
identifier l;
statement S;
@@
- l: S
+ S

@@
expression x;
@@
case x:
- f(x);
+ g();
