void f(int y)
{
	if (y)
		{}
	/* gone */
	for (;;) {
	}
	g();
}
