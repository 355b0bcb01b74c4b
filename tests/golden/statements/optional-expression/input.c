void f(void)
{
	start(1);
	stop(1);
	done(1);
}

void g(void)
{
	start(2);
	done(2);
}
