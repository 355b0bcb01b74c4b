int f(long x, void *p)
{
	struct s *s = (struct s *)p;

	return (int)x + sizeof(int);
}
