void f(void)
{
	if (a) {
		x();
	} else if (b) {
		foo();

#ifdef A
	} else if (c) {
		foo();

#endif
	} else if (!c) {
		baz();
	}
}
