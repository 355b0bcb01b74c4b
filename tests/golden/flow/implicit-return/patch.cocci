@@
@@
  lock();
  ...
- return;
+ return unlock();
