int keep(void)
{
	return 1;
}

int last(void)
{
	return 2;
}
