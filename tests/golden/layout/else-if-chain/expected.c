void f(void)
{
	if (new(1))
		S();
	else if (new(2))
		S();
}
