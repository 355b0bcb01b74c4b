int f(void)
{
	h(
#ifdef A
	  g(1)
#else
	  g(2)
#endif
	);
#ifdef A
	if (g(3)) {
#else
	if (g(4)) {
#endif
		g(5);
	}
#if 0
	g(6);
#endif
	return
#ifdef A
		g(7);
#else
		g(8);
#endif
}
