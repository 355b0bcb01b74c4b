// Kind: types, wherever they stand.
// not idempotent
@@
@@
- u32
+ unsigned int
@@
@@
- struct page *
+ volatile struct page *
