int __work(int a)
{
	return a;
}
