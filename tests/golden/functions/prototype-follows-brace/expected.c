static int one(int count);
static int other(struct dev *dev);

static int one(int count) {
	return count;
}
