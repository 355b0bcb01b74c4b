static int pcf(void *priv, unsigned int offset,
	       void *val, size_t bytes)
{
	int r = compute(a,
			b);
	int s = other(compute(a, b),
		c);

	foo(compute(a, b), bar(1,
			       2),
	    c);
	while (compute(a,
		       b) ||
	       compute(b, a) ||
	       s)
		r = compute((a +
			     b),
			compute(c,
				d));
	return compute(1,
		       foo(2,
			   3));
}
