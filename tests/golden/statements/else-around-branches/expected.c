int f(void)
{
	if (x) {
		if (y) {
			foo();
		} else {
			bar();
		}
	}
	if (x) { if (y) {
			foo();
		} else {
			bar();
		} }
}
