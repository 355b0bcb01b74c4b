void f(void)
{
	/* before */
	old(1);		/* after */
	// line
	y = old(2 /* inside */) + 3;
}
