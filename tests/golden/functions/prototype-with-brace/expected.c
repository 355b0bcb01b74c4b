static void handle(int event);

static void
handle(int event) {
	event++;
}
