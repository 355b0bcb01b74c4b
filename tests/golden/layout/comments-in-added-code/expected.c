int x(int a)
{
	f(0 /* spare */, a, b);
	g(a, b, 0 /* spare */, 1 /* last */);
	/* a */ h(2); /* b */
	h(3);
	k(/* x */
	  1);
}
