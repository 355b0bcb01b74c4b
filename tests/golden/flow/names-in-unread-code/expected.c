int sets(void)
{
	int n = 0;

	@ $ n = 3;
	return n;
}

int passes(void)
{
	int n = 0;

	record(int x, n = 3 ? : ;);
	return n;
}

int is_apart(void)
{
	@ $ m = 3;
	return 0;
}
