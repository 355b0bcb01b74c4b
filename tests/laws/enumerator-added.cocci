// Kind: enumerators are added.
// not idempotent
@@
identifier e;
fresh identifier last = e ## "_last";
@@
enum e {
...,
+ last,
};
