void f(struct s *a)
{
	if (a)
		kfree(a);
	if (a->b) {
		kfree(a->b);
	}
	if (c)
		kfree(a);
}
