int f(int x)
{
	if (x) {
		k();
		goto fail;
	}
	if (x > 2) {
		return 3;
	}
	return 0;
fail:
	clean();
	return -1;
}
