void ends(void)
{
	lock();
	work();
	unlock();
}

void returns(int x)
{
	lock();
	if (x) {
		unlock();
		return;
	}
	unlock();
}

void apart(void)
{
	work();
}
