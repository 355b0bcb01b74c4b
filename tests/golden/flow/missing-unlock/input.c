int f(struct s *s)
{
	lock(&s->lock);
	if (s->bad) {
		warn();
		return -1;
	}
	if (s->good) {
		unlock(&s->lock);
		return 0;
	}
	work(s);
	unlock(&s->lock);
	return 0;
}
