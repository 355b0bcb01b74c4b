void f(void)
{
	a();

	/* free it */
	free(x);
	b();
	/* braces */
	if (y) {
		/* inner */
		free(y);
	}
}
