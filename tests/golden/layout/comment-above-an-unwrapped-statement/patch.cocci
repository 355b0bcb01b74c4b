// What stands above a head is about the statement that stays, too.
@@ expression E; @@
- if (E)
  free(E);
