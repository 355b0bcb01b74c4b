int f(void)
{
	a = kmalloc(1, 2);
	if (!a)
		return -1;
	b = kmalloc(1, 2);
	if (b == NULL) {
		kfree(a);
		return -1;
	}
	return 0;
}
