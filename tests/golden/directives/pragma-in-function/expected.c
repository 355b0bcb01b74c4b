#pragma other
int f(void)
{
	g();
#pragma other
	h();
}
