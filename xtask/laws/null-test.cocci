// A comparison becomes a negation.
@@
expression e;
@@
- e == NULL
+ !e
