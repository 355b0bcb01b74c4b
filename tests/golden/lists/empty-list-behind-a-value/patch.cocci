// A comma whose list is empty goes with what it stands in: nothing of the replaced call stays.
@@
expression d;
constant c;
expression list es;
@@
- dev_err(d, c, es)
+ dev_err(d, "spare: " c, es)
