int f(void)
{
	if (x) {
		pr_err("first " \
		       "second");
		g();
	}
	return 0;
}

#define M(x)			\
	if (x) {		\
		g(1,		\
		  2);		\
	}
