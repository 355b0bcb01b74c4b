void f(void) { foo();
#define X 3
	bar(); }
void g(void)
{
	if (x) { foo();
#define X 3
		bar(); }
	foo(); /* about foo */
#define X 3
	bar();
}
