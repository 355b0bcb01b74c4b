void f(void)
{
	if (a != NULL) {
		b();
	}
	if (a != NULL)
		b();
	else
		c();
	if (a)
		b();
}
