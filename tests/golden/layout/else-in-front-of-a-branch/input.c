int f(void)
{
	if (a)
		return 1;

	if (b) {
		g();
		h(1,
		  2);
	}
	if (c) {
		return 2;
	}
	if (d)
		g();
	if (c)
		return 3;
	/* about d */
	if (d)
		g();
	if (e)
		return 4;

	h(1,
	  2);
	if (i)
		return 5;
	{
		g();
	}
	return 0;
}
