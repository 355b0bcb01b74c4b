int f(int x)
{
	if (x) {
		wanted();
		return 1;
	}
	return 0;
}
