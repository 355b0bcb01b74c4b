int e(int x)
{
	guarded(x) {
		a();

		if (a) {
			b();
		}
	}
	return 1;
}
int f(int x)
{
	if (y) {
		a();
	} else {
		b();
		c();
	}
	if (y) {
		a();
	} else {
		/* why */
		b();
		c();
	}
}
