static int g(struct s *p)
{
	return 0;
}
