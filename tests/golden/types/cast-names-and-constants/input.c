void t(int p)
{
	f((struct s *)p);
	f((int)(long)p);
	f((int)p + 1);
	f((int)-4);
	f(-SOME_VALUE);
	f(-(int)sizeof(p));
	f((int)p.x);
}
