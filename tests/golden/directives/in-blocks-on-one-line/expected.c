int f(int x)
{
	if (x) {
#ifdef A
		foo();
#endif
		abc(); bar(); }
	if (x) { bar();
#ifdef A
		foo();
#endif
	}
#ifdef A
	foo();
#endif
	while (x) {
#ifdef A
		foo();
#endif
	}
	switch (x) { case 1:
#ifdef A
		foo();
#endif
		break; }
	return 0;
}
