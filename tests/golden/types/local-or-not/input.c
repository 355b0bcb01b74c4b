struct s *g;

void f(struct s *p)
{
	static struct s *once;
	struct s *l = p;

	put(p);
	put(l);
	put(g);
	put(once);
	put(unknown);
}
