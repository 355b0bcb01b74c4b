void f(void)
{
	if (old(1))
		S();
	else if (new(2))
		S();
}
