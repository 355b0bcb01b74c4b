int f(int x)
{
	if (x)
		goto out;
	g();
done:
	return x;
}
