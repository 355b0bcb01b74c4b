void f(void)
{
	int used;

	used = 1;
}
