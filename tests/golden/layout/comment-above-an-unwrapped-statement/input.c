void f(void)
{
	a();

	/* free it */
	if (x)
		free(x);
	b();
	/* braces */
	if (y) {
		/* inner */
		free(y);
	}
}
