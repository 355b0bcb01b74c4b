int f(int x)
{
	if (x) {
		wanted();
		return 1;
	}
	other();
	return 0;
}
