int f(void)
{
	if (a)
		return 1;
	else if (b) {
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
	else if (d)
		g();
	if (e)
		return 4;
	else
		h(1,
		  2);
	if (i)
		return 5;
	else {
		g();
	}
	return 0;
}
