void m(int a)
{
	first();
out:
	second();
	switch (a) {
	case 1:
		f(1);
		break;
	case 2:
		f(3);
		break;
	}
}
