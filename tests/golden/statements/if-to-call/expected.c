void f(struct s *a)
{
	kfree(a);
	if (a->b) {
		kfree(a->b);
	}
	if (c)
		kfree(a);
}
