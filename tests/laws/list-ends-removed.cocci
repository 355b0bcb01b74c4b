// Kind: the first and the last element of lists in braces go.
// not compiled
// not idempotent
@@
identifier s, x, p;
expression e;
@@
struct s x = {
- .p = e,
  ...,
};

@@
identifier e, c;
@@
enum e {
- c,
  ...
};

@@
identifier e, c;
@@
enum e {
  ...,
- c
};
