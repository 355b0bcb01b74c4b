void f(int a)
{
	prepare(2);
	prepare(a);
	start();
	use(a);
	use(2);
}
