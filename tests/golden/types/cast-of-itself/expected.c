int f(long x, void *p)
{
	struct s *s = p;

	return x + sizeof(int);
}
