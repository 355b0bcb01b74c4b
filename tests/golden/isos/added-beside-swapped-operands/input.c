void f(int a, int b)
{
	x = a == 0;
	x = 0 == a;
	x = !a;
	y = a < b;
	y = b > a;
	z = a + b;
	z = b + a;
	z = a * b;
	z = b * a;
	w = a == 7;
	w = 7 == a;
}
