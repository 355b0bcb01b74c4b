@@
expression e;
@@
- if (e) kfree(e);
+ kfree(e);
