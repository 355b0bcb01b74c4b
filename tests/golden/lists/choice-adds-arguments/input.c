void f(void)
{
	moo(3);
	goo(3);
}
