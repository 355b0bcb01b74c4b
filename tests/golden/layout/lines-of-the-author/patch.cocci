// New lines of a list stand as those that its author wrote.
@@
identifier f = {head, tail};
parameter list ps;
@@
f(
+ unsigned int number_of_units,
  ps) { ... }

@@
constant c;
expression list es;
@@
- say(c, es)
+ printk(LEVEL c, es)
