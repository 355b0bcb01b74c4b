int x(int a)
{
	f(a, b);
	g(a, b);
	h(1);
	k(1);
}
