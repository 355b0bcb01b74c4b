void f(void)
{
	int used, unused;
	long gone;

	used = 1;
}
