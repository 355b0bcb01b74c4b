// Another function for the same arguments.
@@
expression e;
@@
- kfree(e);
+ kfree_sensitive(e);
