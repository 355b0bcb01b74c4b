// IRQF_DISABLED has had no effect since 2.6.35: interrupt handlers always run with interrupts disabled.
@@
expression flags;
@@
(
- IRQF_DISABLED | flags
+ flags
|
- flags | IRQF_DISABLED
+ flags
|
- IRQF_DISABLED
+ 0
)
