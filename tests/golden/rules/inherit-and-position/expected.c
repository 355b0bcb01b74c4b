void f(void)
{
	free_checked(a);
	g();
}
