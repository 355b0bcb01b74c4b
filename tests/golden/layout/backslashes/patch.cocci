@@
expression x;
statement list ss;
@@
- if (!x) {
ss
- }

@@
@@
- old_name
+ name_that_is_longer

@@
identifier s, i;
@@
struct s i = {
+ .driver = 1,
...
};
