void f(int a)
{
	__const __volatile__ int b;
	const volatile int c;
	__typeof__(a) d;
	typeof(a) e;
}
