void f(void)
{
	while (x)
		a();
	while (y) {
		b();
	}
	while (q)
		if (r)
			c();
	d();
}
