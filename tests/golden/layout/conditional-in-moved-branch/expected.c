void f(void)
{
	if (a) {
		x();
	} else if (b) {
		foo();
	} else if (!b)
		if (c) {
			foo();

#ifdef A
			bar();
#endif
		} else if (!c) {
			baz();
		}
}
