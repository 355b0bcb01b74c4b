void f(void)
{
	second(12, 1);
	used(1);
	use(13, 1);
}
