int a(int a)
{
	x = f(1) * 7;
	x = -g(1);
	x = g(1) + 3;
	x = 3 + g(1);
	x = 3 - g(1);
	k(a);
	k(a + b);
	m(a + b);
	m(a);
	x = f(1)->b;
	n(a + b);
	n(a);
	return f(1);
	q((a & b) ? c : d);
	q((a = b) ? c : d);
	q((a & b) && (c) ? c : d);
	lock(x);
	go(1);
	x = y ?
		    0 : 1;
}
