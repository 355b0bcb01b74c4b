void f(int y)
{
	if (y)
		a(1);
	else
		g();
	while (y)
		a(2);
	a(3);
}
