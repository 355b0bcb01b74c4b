int f(struct s *p, int *q)
{
	if (p) {
		g(p);
	} else
		p = fallback();
	if (q)
		*q = 1;
	else
		q = fallback();
	return 0;
}
