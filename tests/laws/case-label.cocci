// Kind: labels of switches.
// not idempotent
@@
expression x;
@@
switch (x) {
...
+ case 0x7fff:
+ barrier();
+ break;
default: ...
}
