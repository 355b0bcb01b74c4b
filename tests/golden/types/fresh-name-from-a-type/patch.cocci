@@ type T; identifier x; fresh identifier y = "a_" ## T; @@
-T x;
+T y;
