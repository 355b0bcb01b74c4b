void h(void)
{
	f0(1);
	ff(2);
	g(3);
	f(f0(5), 6);
}
