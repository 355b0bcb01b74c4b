// Kind: functions go, with their comments.
// not compiled
@@
identifier f;
type T;
expression e;
@@
- static T f(...)
- {
-   return e;
- }
