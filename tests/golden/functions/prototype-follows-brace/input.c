static int one(struct dev *dev, int n);
static int other(struct dev *dev);

static int one(struct dev *dev, int count)
{
	return count;
}
