int returns(int x)
{
	switch (x) {
	case OLD:
		return a(x);
	default:
		return 0;
	}
}

int goes_on(int x)
{
	switch (x) {
	default:
		a(x);
		break;
	case GONE:
		b(x);
		if (x)
			break;
		c(x);
		break;
	}
	return 2;
}
