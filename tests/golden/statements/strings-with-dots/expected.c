int f(void)
{
	g();
	g();
	p("in all %d of it", 1);
	h();
}
