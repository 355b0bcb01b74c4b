void f(void)
{
	before();
	after(a, b);
	before();
	after(a, b);
	before();
	after(b, a);
	bar(isnull(a));
	bar(isnull(a));
	bar(isnull(a));
	bar(isnull(a));
}
