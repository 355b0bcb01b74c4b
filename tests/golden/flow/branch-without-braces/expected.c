int f(int x)
{
	old(0);
	if (x)
		new(1);
	if (x)
		while (new(2))
			x = new(3);
	if (x) {
		new(4);
	}
	if (old(5))
		return x;
	return 0;
}
