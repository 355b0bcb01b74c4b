int f(void)
{
	p = alloc(3);
	if (!p)
		goto out;
	if (g(p))
		goto err;
	return 0;
err:
	free(p);
out:
	return -1;
}
