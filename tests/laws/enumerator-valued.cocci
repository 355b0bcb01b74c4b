// Kind: the value of an enumerator.
// not idempotent
@@
identifier e, c;
constant v;
@@
enum e {
...,
- c = v
+ c = (v) + 0
,...
};
