// A switch of which all cases return matches like others.
@@
expression e, r;
@@
  switch (e) {
  case OLD:
-   return r;
+   return renamed(r);
  }

// The dots of a case end in front of the closing brace.
@@
expression e;
@@
  switch (e) {
- case GONE: ...
  }
