int f(void)
{
	if (a) {
		b();
	} else {
		c();
	}
	if (a) {
		prepare(1);
		foo(1);	/* one */
	} else if (b) {
		prepare(2);
		foo(2);
	}
	/* three */
	else {
		prepare(3);
		foo(3);
	}
	if (a) {
		prepare(1);
		foo(1);
	} else
		c();
	if (a) {
		bar(1);
	} else
		c();
}
