void f(void)
{
	int k = 1;
	for (uint i = 0; i < 3; i++)
		foo(i);
}
