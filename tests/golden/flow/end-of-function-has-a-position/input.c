void ends(void)
{
	lock();
	work();
}

void returns(int x)
{
	lock();
	if (x)
		return;
	unlock();
}

void apart(void)
{
	work();
}
