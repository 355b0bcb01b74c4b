int f(struct s *p)
{
	if (p->b &
			FLAG) {
		foo();
	}
	if (p->c)
		foo();
}
