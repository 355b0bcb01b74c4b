int f(void)
{
	if (vm(c))
		b = v(1);
	else
		b = kv(1);
	if (vm(c)) {
		b = kv(2);
	} else
		b = v(2);
	if (x == 2)
		b = k(3);
	else
		c = v(3);
}
