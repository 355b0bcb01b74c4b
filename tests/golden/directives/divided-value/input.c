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
	return alloca(3
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
	twice(1, 1);
}

void i(void)
{
	other(
#ifdef A
		1
#endif
	);
	list(1,
#ifdef B
		2,
#endif
		3);
}
