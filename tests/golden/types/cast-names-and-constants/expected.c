void t(int p)
{
	id((struct s *)p);
	id((int)(long)p);
	f((int)p + 1);
	constant((int)-4);
	constant(-SOME_VALUE);
	constant(-(int)sizeof(p));
	f((int)p.x);
}
