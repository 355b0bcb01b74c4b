void f(void)
{
	if (!pdata)
		a();
	else if (q)
		b(1,
		  2);
	if (!x) {
		a();
	} else if (y) {
		b();
	}
	if (!x)
		list_for_each_entry(p, q)
			if (r)
				c();
	else
		d();
	if (!x)
		c();
	else
		for (;;)
			if (y)
				d();
}
