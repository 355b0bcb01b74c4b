void f(int a)
{
	prepare(a);
	prepare(2);
	start();
	use(a);
	use(2);
}
