int f(void)
{
	a = kmalloc(1, 2);
	if (WARN_ON(a == NULL))
		return -1;
	b = kmalloc(1, 2);
	if (WARN_ON(b == NULL)) {
		kfree(a);
		return -1;
	}
	return 0;
}
