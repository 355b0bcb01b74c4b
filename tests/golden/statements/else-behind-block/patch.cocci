@@
idexpression E;
statement S;
@@
  if (E) S
+ else E = fallback();
