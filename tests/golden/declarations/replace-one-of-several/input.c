int one(void)
{
	int a, old, b;

	return a + b;
}

int two(void)
{
	int old;

	return 0;
}

int three(void)
{
	static int old, kept;

	return kept;
}
