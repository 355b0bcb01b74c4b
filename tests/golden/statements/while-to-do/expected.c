void f(void)
{
	do
		a();
	while (x);
	do {
		b();
	} while (y);
	do
		if (r)
			c();
	while (q);
	d();
}
