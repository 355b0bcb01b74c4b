int f(void)
{
	while (x) {
		pr_err("first " \
		       "second");
		g();
	}
	return 0;
}

#define M(x)			\
	while (x) {		\
		g(1,		\
		  2);		\
	}
