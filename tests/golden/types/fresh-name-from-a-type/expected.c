int f(void)
{
	int a_int;
	u32 a_u32;
}
