int *f(void)
{
	return alloca(
#ifdef A
		5
#else
		6
#endif
	);
}

int g(void)
{
	return malloc(3
#ifdef A
		+ 5
#else
		+ 6
#endif
		+ 7);
}

void h(void)
{
	twice(3
#ifdef A
		+ 5
#endif
		, 3 + 5);
	once(1);
}

void i(void)
{
	vector(1,
#ifdef B
		2,
#endif
		3);
}
