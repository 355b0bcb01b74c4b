void f(void)
{
	foo(a < b);
	foo((a) < b);
	foo(a > b);
	bar(a == NULL);
	bar(!a);
	bar((!a));
	bar((NULL == a));
}
