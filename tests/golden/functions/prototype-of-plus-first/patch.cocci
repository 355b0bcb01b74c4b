@@ identifier f, dev, arg; @@

+ f(long arg) {
- f(struct dev *dev, long arg) {
    ...
    claim(dev, arg);
  }
