int f(void)
{
	bar(a1 < 1 ||
			bbb);
	if (x)
		return bar(a2 < 1 ||
				bbb);
	bar(a3 < 1 ||
		     bbb);
	bar(a4 < 1 ||
	    bbb);
	x = bar(a5 ||
			 b) +
	    bar(a6 ||
		b);
	if (y)
		bar(({ a7 =
				b; c; }));
}
