void f(void)
{
    a(1);
    if (z) {
        a(2);
    }
}

void g(void)
{
	if (z) {
		a(3);
	}
}
