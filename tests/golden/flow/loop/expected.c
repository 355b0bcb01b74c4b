void f(void)
{
	int i;

	clear_all(tab, 10);
	for (i = 0; i < 10; i++) {
		clear(&tab[i]);
	}
	for (i = 1; i < 10; i++)
		clear(&tab[i]);
}
