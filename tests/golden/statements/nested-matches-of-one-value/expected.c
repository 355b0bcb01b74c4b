int f(void)
{
	ptrdiff_t c;

	return wrap((wrap(c)));
}
