int f(void)
{
	ptrdiff_t c;

	return (c);
}
