int f(void)
{
	int w = 0;

	w = a(w);

	// sub bytes
#ifndef GCC
	w = b(w,
	      1);
#else
	w = c(w);
#endif

	// mix columns
	return w;
	return d(w);
}
