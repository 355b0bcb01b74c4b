void f(int y)
{
	if (y)
		dbg(1);
	dbg(2);	/* gone */
	for (;;) {
		dbg(3);
	}
	g();
}
