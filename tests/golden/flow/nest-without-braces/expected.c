void f(int a)
{
	if (a)
		while (a--)
			bar();
	if (a) {
		bar();
	}
	foo();
}
