int f(void)
{
	int ret;

	ret = foo(1);
	if (ret)
		return ret;
	return 1;
}

int g(void)
{
	int ret;

	ret = foo(1);

	if (ret)
		return ret;
	return 1;
}

int h(void)
{
	int ret;

	ret = foo(1);
	long b;

	return 1;
}

int i(void)
{
	int ret;
	ret = foo(1);
	return 1;
}
