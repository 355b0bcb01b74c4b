// not idempotent
// A statement gets a condition and braces.
@@
expression e;
@@
+ if (e) {
 kfree(e);
+ }
