static int start(long arg);

static int start(long arg) {
	claim(dev, arg);
}
