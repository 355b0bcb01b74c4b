struct s y = { .b = 1, .c = 0, .z = 2 };

int f(int x)
{
	switch (x) {
	case 1:
		one();
		if (y) {
			b();
		} else {
			c();
		}
		break;
	case 2: {
		one();
		if (y) {
			b();
		} else {
			c();
		}
		break;
	}
	}
	if (x) {
		a();
	} else if (y) {
		b();
		c();
	} else {
		b();
		c();
	}
	do {
		b();
		c();
	} while (x);
	if (x)
		a();
	else /* why */
		if (5)
			b();
	if (z)
err:
		four();
out:
err:
	four();
	ret = x ? y : z;
	goto out;
}
