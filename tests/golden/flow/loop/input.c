void f(void)
{
	int i;

	for (i = 0; i < 10; i++)
		clear(&tab[i]);
	for (i = 0; i < 10; i++) {
		clear(&tab[i]);
	}
	for (i = 1; i < 10; i++)
		clear(&tab[i]);
}
