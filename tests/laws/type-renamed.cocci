// Kind: a type, wherever it stands.
@@
@@
- u32
+ unsigned int
