@@
expression x;
@@
- lock(x);
+ guarded(x) {
  ...
- unlock(x);
+ }
@@
expression x;
statement list ss;
@@
- if (!x) {
ss
- }
