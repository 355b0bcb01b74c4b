@@ statement S; expression E; @@
- while (E) S
+ do S while (E);
