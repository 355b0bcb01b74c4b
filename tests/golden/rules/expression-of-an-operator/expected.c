void f(int a, int c)
{
	checked();
	check(a && c);
	checked();
	check(!a - c);
}
