// Kind: attributes, in front of functions and behind variables, members and structs.
// not idempotent
@@
identifier f;
attribute name __cold;
@@
+ __cold
static int f(struct platform_device *pdev) { ... }

@@
identifier f;
parameter list ps;
attribute name __maybe_unused;
@@
- static void f(ps)
+ static void __maybe_unused f(ps)
{ ... }

@@
identifier x;
attribute name __read_mostly;
@@
- static int x;
+ static int x __read_mostly;

@@
identifier s, x;
attribute name __maybe_unused;
@@
struct s {
...
- u8 x;
+ u8 x __maybe_unused;
...
};
