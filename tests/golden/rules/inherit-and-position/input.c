void f(void)
{
	free(a);
	g();
}
