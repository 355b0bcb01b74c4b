int f(void)
{
	if (a)
		return 1;
	return a + b;
}
