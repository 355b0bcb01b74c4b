void f(void)
{
	int tmp;

	swap(x[i], x[j]);
	tmp = p;
	p = q;
	r = tmp;
}
