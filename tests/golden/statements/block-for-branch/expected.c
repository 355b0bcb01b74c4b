int f(int a)
{
	if (a) {
		unlock();
		return 1;
	}
	else {
		unlock();
		return 2;
	}
}
