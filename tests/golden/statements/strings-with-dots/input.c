int f(void)
{
	p("at %d", 1);
	p("at %d of it", 1);
	p("in all %d of it", 1);
	p("in...%d...", 1);
}
