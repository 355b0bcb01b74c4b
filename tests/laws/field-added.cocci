// Kind: members of structs are added.
// not idempotent
@@
identifier s;
@@
struct s {
...
+ int spare;
};
