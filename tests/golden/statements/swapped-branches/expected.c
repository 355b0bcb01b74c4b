void f(void)
{
	if (pdata) {
		if (q)
			b(1,
			  2);
	} else
		a();
	if (x) {
		if (y) {
			b();
		}
	} else {
		a();
	}
	if (!x)
		list_for_each_entry(p, q)
			if (r)
				c();
	else
		d();
	if (x) {
		for (;;)
			if (y)
				d();
	} else
		c();
}
