static const int steps[] = { 1, 2, 3, 5, LIMIT, 11, RANGE * 4096, 17, 19,
			     1023, 1024,
			     1025, 1026 };

int limit(int a)
{
	a = LIMIT ;
	if (a == RANGE * 4096 /* in pages */)
		return f(a , LIMIT , "of %d");
	return a + RANGE * 4096; // pages
}
