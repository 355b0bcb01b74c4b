void t(void)
{
	set(1);
	set(2);
}
