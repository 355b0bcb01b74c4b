int f(void)
{
	foo(1,
	    2);
	if (z)
		foo(1, 2);
	while (1) {
		/* why */
		foo(1, 2);	/* so */
		foo(1, 2); bar();
	}
	if (a) foo(5, 6);
lab:
	foo(7, 8);
	{ foo(1, 2); }
	switch (a) {
	case 1: foo(1, 2);
		break;
	case 2:
		foo(2, 3);
	}
}

#define M(x) do { foo(1, 2); } while (0)
#define N(x) do { \
	foo(1, 2); \
} while (0)
