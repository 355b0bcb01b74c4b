void g(void)
{
	f(1, 2, 3);
	f(1, 2);
	f(x,
	  y,
	  z);
}
