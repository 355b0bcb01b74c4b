int f(void)
{
	if (a) {
		b(1,
		  2);
	} else {
#ifdef X
		c();
#endif
		d(1,
				2);
		e(longer,
		  2);
	}
	while (1) {
		if (a)
			b();
		else {
#ifdef X
			c();
#endif
			d(1,
					2);
		}
	}
	return 0;
}
