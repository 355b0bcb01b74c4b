int f(void)
{
	int a;
	u32 b;
}
