@@
identifier fn, dev, n;
@@
- fn(struct dev *dev, int n) {
+ fn(int n) {
    ...
  }
