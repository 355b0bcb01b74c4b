@@
identifier fn, dev, ev;
@@

- fn(struct device *dev, int ev) {
+ fn(int ev) {
...
}
