int f(struct s *p, int *q)
{
	if (p) {
		g(p);
	}
	if (q)
		*q = 1;
	return 0;
}
