int f(void)
{
	h(
#ifdef A
	  k(1)
#else
	  k(2)
#endif
	);
#ifdef A
	if (k(3)) {
#else
	if (k(4)) {
#endif
		k(5);
	}
#if 0
	g(6);
#endif
	return
#ifdef A
		k(7);
#else
		k(8);
#endif
}
