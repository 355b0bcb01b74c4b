#define CALL(a) old(a)
#define TWICE(a)		\
	do {			\
		old(a);		\
		other(a);	\
	} while (0)

void f(void)
{
#ifdef CONFIG_A
	old(1);
#else
	old(2);
#endif
}
