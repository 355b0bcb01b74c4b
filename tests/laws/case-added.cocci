// Kind: statements in switches.
// not idempotent
@@
expression x;
constant c;
statement S;
@@
switch (x) {
  ...
case c:
+ barrier();
  S
  ...
}
