int f(void)
{
	if (!a) {
#ifdef X
		c();
#endif
		d(1,
				2);
		e(longer,
		  2);
	} else {
		b(1,
		  2);
	}
	while (1) {
		if (!a) {
#ifdef X
			c();
#endif
			d(1,
					2);
		} else
			b();
	}
	return 0;
}
