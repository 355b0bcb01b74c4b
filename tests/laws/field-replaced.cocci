// Kind: the type of a member.
@@
identifier s, x;
@@
struct s {
...
- int x;
+ long x;
...
};
