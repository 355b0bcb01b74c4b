void f(void)
{
	moo(3, 2);
	goo(3, 2);
}
