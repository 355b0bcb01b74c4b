void f(int a)
{
	start();
	use(a);
	use(2);
}
