#define CALL(a) new(a)
#define TWICE(a)		\
	do {			\
		new(a);		\
		other(a);	\
	} while (0)

void f(void)
{
#ifdef CONFIG_A
	new(1);
#else
	new(2);
#endif
}
