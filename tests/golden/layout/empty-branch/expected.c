void f(int y)
{
	if (y)
		{}
	for (;;) {
	}
	g();
}
