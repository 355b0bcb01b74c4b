int returns(int x)
{
	switch (x) {
	case OLD:
		return renamed(a(x));
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
	}
	return 2;
}
