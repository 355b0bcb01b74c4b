static const int steps[] = { 1, 2, 3, 5, 7, 11, RANGE, 17, 19, 1023, 1024, 1025, 1026 };

int limit(int a)
{
	a = 7 ;
	if (a == RANGE /* in pages */)
		return f(a , 7 , "of %d");
	return a + RANGE; // pages
}
