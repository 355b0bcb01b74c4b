int rank(int a, int b)
{
	if (a > LIMIT) {
		return 0;
	} else if (b)
		return 1;
	else
		return 2;
}
