int f(void)
{
	if (y)
	  {
	    if (1)
	      use(1);
	  }
	if (z) {
		if (2)
			use(2);
	}
}
