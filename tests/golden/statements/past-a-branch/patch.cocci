// Removed code goes on past a branch, and what comes in its place is written behind all of it.
@@ expression E; @@
  if (E)
-   claim(1);
- announce(1);
+   claim_all();
+ announce_all();

@@ expression E; @@
  if (E)
-   grow(1);
- else
-   shrink(1);
+   grow_all();
+ else
+   shrink_all();

@@ expression E; statement S; @@
  if (E) S
  else
+   start();
+ settle();
-   stop();
