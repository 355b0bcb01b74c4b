@@ expression E; statement S; @@
- if (E) S
+ if (unlikely(E)) S

@@ @@
  done();
+ // no more
