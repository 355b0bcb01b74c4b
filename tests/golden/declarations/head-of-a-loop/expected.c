void f(void)
{
	int k = 1;
	use(k);
	for (unsigned int i = 0; i < 3; i++)
		foo(i);
}
