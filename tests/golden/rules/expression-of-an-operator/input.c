void f(int a, int c)
{
	check(!a && c);
	check(a && c);
	check(!a + c * 2);
	check(!a - c);
}
