void f(void)
{
	if (a)
		g();
	else if (b)
		h();
	else
		k();
}
