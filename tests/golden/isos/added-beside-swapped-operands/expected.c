void f(int a, int b)
{
	x = a == 0 && ok(a);
	x = 0 == a && ok(a);
	x = !a && ok(a);
	y = ok() && a < b;
	y = ok() && b > a;
	z = a + b + 1;
	z = b + a + 1;
	z = 1 + a * b;
	z = 1 + b * a;
	w = a == 7 + 1;
	w = 7 == a;
}
