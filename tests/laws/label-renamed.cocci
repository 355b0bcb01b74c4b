// Kind: labels and jumps.
@@
@@
(
- out:
+ done_with_it:
|
- goto out;
+ goto done_with_it;
)

@@
statement S;
@@
- fail: S
+ failed_at_last: S
