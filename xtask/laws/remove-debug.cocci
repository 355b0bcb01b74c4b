// A statement that goes, also where it is a branch.
@@
@@
- dev_dbg(...);
