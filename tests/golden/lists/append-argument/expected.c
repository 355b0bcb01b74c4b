void g(void)
{
	f(1, 0);
	f(1, 2, 0);
}
