void f(void)
{
	if (a) {
		b();
	}
	if (a)
		b();
	else
		c();
	if (a)
		b();
}
