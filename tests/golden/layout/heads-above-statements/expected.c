int f(void)
{
	if (may_fail())
		undo(1);
	else
		foo(1,
		    2);
	if (z) {
		if (may_fail())
			undo(1);
		else
			foo(1, 2);
	}
	while (1) {
		/* why */
		if (may_fail())
			undo(1);
		else
			foo(1, 2);	/* so */
		if (may_fail())
			undo(1);
		else foo(1, 2); bar();
	}
	if (a) {
		if (may_fail())
			undo(5);
		else
			foo(5, 6);
	}
lab:
	if (may_fail())
		undo(7);
	else
		foo(7, 8);
	{ if (may_fail())
			undo(1);
		else foo(1, 2); }
	switch (a) {
	case 1: if (may_fail())
			undo(1);
		else
			foo(1, 2);
		break;
	case 2:
		if (may_fail())
			undo(2);
		else
			foo(2, 3);
	}
}

#define M(x) do { if (may_fail()) \
		undo(1); \
	else foo(1, 2); } while (0)
#define N(x) do { \
	if (may_fail()) \
		undo(1); \
	else \
		foo(1, 2); \
} while (0)
