@@ @@
 one();
+ if (y) {
+   b();
+ } else {
+   c();
+ }

@@ @@
- two();
+ b();
+ c();

@@ expression E; @@
- three(E);
+ if (E)
+	b();

@@ expression E; @@
- return E;
+ ret = E;
+ goto out;

@@ @@
+ err:
 four();

@@ identifier i; expression E; @@
 struct s i = {
- .a = E,
+ .b = E,
+ .c = 0,
 };
