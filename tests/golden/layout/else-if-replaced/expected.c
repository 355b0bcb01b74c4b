int rank(int a, int b)
{
	if (a > LIMIT) {
		return 0;
	} else
		return b ? 1 : 2;
}
