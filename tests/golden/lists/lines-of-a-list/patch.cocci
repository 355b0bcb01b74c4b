@@ expression list es; identifier b; @@
 struct t b[] = {
- es
+ X, es
 };

@@ expression list es; @@
 struct u b[] = {
- es
+ es, X
 };
