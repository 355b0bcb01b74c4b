int a(int a)
{
	x = (f(1) + z) * (7 + z);
	x = -(1 + g(1));
	x = 1 + g(1) + 3;
	x = 3 + (1 + g(1));
	x = 3 - (1 + g(1));
	k((int) a);
	k((int)(a + b));
	m((a + b)->b);
	m(a->b);
	x = (f(1) + z)->b;
	n(!(a + b));
	n(!a);
	return f(1) + z;
	if (a & b)
		c;
	else
		d;
	if ((a = b))
		c;
	else
		d;
	if ((a & b) && (c))
		c;
	else
		d;
	lock(x);
	{
		go(1);
	}
	if (y)
		x = 0;
	else
		x = 1;
}
