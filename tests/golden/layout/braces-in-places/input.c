int e(int x)
{
	lock(x);

	a();

	if (a) {
		b();
	}

	unlock(x);
	return 1;
}
int f(int x)
{
	if (y) {
		a();
	} else if (!x) {
		b();
		c();
	}
	if (y) {
		a();
	} else if (!x)
	{
		/* why */
		b();
		c();
	}
}
