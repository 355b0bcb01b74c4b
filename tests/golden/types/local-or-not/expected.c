struct s *g;

void f(struct s *p)
{
	static struct s *once;
	struct s *l = p;

	put_local(p);
	put_local(l);
	put(g);
	put(once);
	put(unknown);
}
