int f(int x)
{
	if (x)
		goto out;
	g();
out:
	return x;
}
