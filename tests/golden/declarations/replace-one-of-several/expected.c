int one(void)
{
	int a, b;
	long after;

	return a + b;
}

int two(void)
{
	long after;

	return 0;
}

int three(void)
{
	static int old, kept;

	return kept;
}
