int f(struct s *a)
{
	free(a);
	g();
	return a->b;
}

int h(struct s *a)
{
	free(a);
	a = g();
	return a->b;
}
