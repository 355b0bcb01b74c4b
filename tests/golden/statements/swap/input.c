void f(void)
{
	int tmp;

	tmp = x[i];
	x[i] = x[j];
	x[j] = tmp;
	tmp = p;
	p = q;
	r = tmp;
}
