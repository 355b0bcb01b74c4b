int keep(void)
{
	return 1;
}

int drop(void)
{
	return 0;
}

int last(void)
{
	return 2;
}
