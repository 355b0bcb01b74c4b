int tab[10];

int f(void)
{
	return (sizeof(tab) / sizeof(tab[0]));
}

int g(void)
{
	return ARRAY_SIZE(tab);
}
