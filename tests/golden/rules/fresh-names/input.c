int work(int a)
{
	return a;
}
