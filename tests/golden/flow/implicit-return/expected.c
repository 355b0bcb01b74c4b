void f(int x)
{
	lock();
	if (x)
		return unlock();
	work();
	return unlock();
}
