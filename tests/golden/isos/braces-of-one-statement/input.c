void f(int a)
{
	if (a)
		one();
	if (a)
		two();
	if (a) {
		two();
	}
	if (a)
		three();
	if (a)
		four();
	g();
}
