// The braces are those of any branch where one statement stays one; not where several come in its place.
@@ expression E; @@
  if (E) {
-   one();
+   other();
  }

@@ expression E; @@
  if (E) {
-   two();
+   first();
+   second();
  }

@@ expression E; @@
  if (E) {
-   three();
+   do poll(1); while (busy(E));
  }

@@ expression E; @@
  if (E)
-   four();
+ #ifdef CONFIG_A
+   five();
+ #endif
