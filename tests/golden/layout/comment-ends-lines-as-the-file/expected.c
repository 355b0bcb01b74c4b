void h(void)
{
	/* Now
	 * all is well. */
	g();
	f();
}
