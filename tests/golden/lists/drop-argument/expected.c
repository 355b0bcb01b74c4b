void g(void)
{
	f(1, 3);
	f(1);
	f(x,
	  z);
}
