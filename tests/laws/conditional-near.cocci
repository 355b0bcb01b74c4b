// Kind: edits of functions that hold conditionals.
// not idempotent
@@
identifier f;
expression e;
statement S;
@@
f(...) {
... when any
+ barrier();
return e;
}

@@
expression x, e;
@@
- if (x) { return e; }
+ if (x)
+   return (e);
