static int start(struct dev *dev, long arg);

static int start(struct dev *dev, long arg) {
	claim(dev, arg);
}
