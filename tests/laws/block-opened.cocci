// Kind: code comes into a block of its own.
// not idempotent
@@
expression x;
statement S;
@@
mutex_lock(x);
+ {
S
+ }

@@
expression x, y;
@@
- spin_lock_irqsave(x, y);
+ if (spin_trylock_irqsave(x, y)) {
  ...
- spin_unlock_irqrestore(x, y);
+ }
