void f(void) { foo(); bar(); }
void g(void)
{
	if (x) { foo(); bar(); }
	foo(); /* about foo */
	bar();
}
