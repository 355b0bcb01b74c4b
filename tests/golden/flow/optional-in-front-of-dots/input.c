void assigns(struct s *s)
{
	q = make(s);
	work(q);
	finish(q);
}

void begins(struct s *s)
{
	q = make(s);
	begin(q);
	work(q);
	finish(q);
}

void only_works(struct s *s)
{
	work(s);
	finish(s);
}
