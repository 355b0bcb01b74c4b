void f(int a)
{
	if (a)
		other();
	if (a)
		two();
	if (a) {
		first();
		second();
	}
	if (a)
		do
			poll(1);
		while (busy(a));
	if (a) {
#ifdef CONFIG_A
		five();
#endif
	}
	g();
}
