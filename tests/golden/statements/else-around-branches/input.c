int f(void)
{
	if (x) foo();
	if (x) { foo(); }
}
