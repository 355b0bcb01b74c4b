struct s y = { .a = 1, .z = 2 };

int f(int x)
{
	switch (x) {
	case 1:
		one();
		break;
	case 2: {
		one();
		break;
	}
	}
	if (x) {
		a();
	} else if (y) {
		two();
	} else
		two();
	do
		two();
	while (x);
	if (x)
		a();
	else /* why */
		three(5);
	if (z)
		four();
out:
	four();
	return x ?
		y : z;
}
