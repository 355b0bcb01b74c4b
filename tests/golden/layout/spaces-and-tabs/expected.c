void f(void)
{
    a(1);
    b(1);
    if (z) {
        a(2);
        b(2);
    }
}

void g(void)
{
	if (z) {
		a(3);
		b(3);
	}
}
