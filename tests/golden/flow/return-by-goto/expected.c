int f(int x)
{
	if (x) {
		k();
		goto fail;
	}
	if (x > 2) {
		release();
		return 3;
	}
	return 0;
fail:
	clean();
	release();
	return -1;
}
