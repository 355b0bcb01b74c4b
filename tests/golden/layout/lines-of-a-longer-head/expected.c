static noinline long pcf(void *priv, unsigned int offset,
			 void *val, size_t bytes)
{
	long r = work_out(a,
			  b);
	long s = other(work_out(a, b),
		c);

	foo(work_out(a, b), bar(1,
				2),
	    c);
	while (work_out(a,
			b) ||
	       work_out(b, a) ||
	       s)
		r = work_out((a +
			      b),
			work_out(c,
				 d));
	return work_out(1,
			foo(2,
			    3));
}
