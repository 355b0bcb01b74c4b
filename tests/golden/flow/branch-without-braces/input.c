int f(int x)
{
	old(0);
	if (x)
		old(1);
	if (x)
		while (old(2))
			x = old(3);
	if (x) {
		old(4);
	}
	if (old(5))
		return x;
	return 0;
}
