void m(int a)
{
	first();
second();
	switch (a) {
	case 1:
		g();
		break;
	case 2:
		f(3);
		break;
	}
}
