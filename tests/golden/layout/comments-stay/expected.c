void f(void)
{
	/* before */
	new(1);		/* after */
	// line
	y = new(2) + 3;
}
