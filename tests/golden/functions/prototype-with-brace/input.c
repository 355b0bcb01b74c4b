static void handle(struct device *d, int event);

static void
handle(struct device *d, int event)
{
	event++;
}
