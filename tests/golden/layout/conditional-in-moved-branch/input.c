void f(void)
{
	if (a) {
		x();
	} else if (b) {
		foo();
	} else if (c) {
		foo();

#ifdef A
		bar();
#endif
	} else {
		baz();
	}
}
