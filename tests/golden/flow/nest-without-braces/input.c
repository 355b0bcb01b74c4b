void f(int a)
{
	if (a)
		while (a--)
			foo();
	if (a) {
		foo();
	}
	foo();
}
