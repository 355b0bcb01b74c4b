void f(void)
{
	begin(1);
	end(1);
	done(1);
}

void g(void)
{
	begin(2);
	done(2);
}
