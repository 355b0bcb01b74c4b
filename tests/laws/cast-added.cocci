// Kind: casts are added or changed.
// not idempotent
@@
expression e;
@@
- (u8)e
+ (u8)(e & 0xff)

@@
expression e;
@@
- (u32)e
+ (unsigned int)e

@@
expression a;
@@
- le32_to_cpu(a)
+ (u32)le32_to_cpu(a)
