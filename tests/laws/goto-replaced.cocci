// Kind: jumps to labels that only return become returns.
@@
identifier l;
expression e;
@@
- goto l;
+ return e;
...
l: return e;
