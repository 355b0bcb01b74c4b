int f(void)
{
	if (y)
	  {
	    check(1);
	  }
	if (z) {
		check(2);
	}
}
