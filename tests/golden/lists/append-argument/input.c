void g(void)
{
	f(1);
	f(1, 2);
}
