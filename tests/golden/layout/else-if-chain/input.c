void f(void)
{
	if (old(1))
		S();
	else if (old(2))
		S();
}
