void f(int x)
{
	lock();
	if (x)
		return;
	work();
}
