void f(int a)
{
	int b;
	int c;
	__auto_type d;
	__auto_type e;
}
