int f(void)
{
	foo2(a1 < 1 ||
			bbb);
	if (x)
		return foo2(a2 < 1 ||
				bbb);
	foo2(a3 < 1 ||
		     bbb);
	foo2(a4 < 1 ||
	     bbb);
	x = foo2(a5 ||
			 b) +
	    foo2(a6 ||
		 b);
	if (y)
		foo2(({ a7 =
				b; c; }));
}
