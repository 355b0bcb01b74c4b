// Kind: statements in front of and behind others.
// not idempotent
@@
expression x;
@@
+ rcu_read_lock();
list_del(x);
+ rcu_read_unlock();

@@
iterator name list_for_each_entry;
expression list es;
statement S;
@@
+ rcu_read_lock();
list_for_each_entry(es) S
+ rcu_read_unlock();
