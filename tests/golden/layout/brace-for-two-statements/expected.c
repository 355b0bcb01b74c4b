void f(int y)
{
	if (y) {
		b(1);
		c(1);
	}
	else
		g();
	while (y) {
		b(2);
		c(2);
	}
	b(3);
	c(3);
}
