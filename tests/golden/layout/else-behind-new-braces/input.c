int f(void)
{
	if (a) {
		b();
	} else {
		c();
	}
	if (a)
		foo(1);	/* one */
	else if (b)
		foo(2);
	/* three */
	else
		foo(3);
	if (a)
		foo(1);
	else
		c();
	if (a)
		bar(1);
	else
		c();
}
