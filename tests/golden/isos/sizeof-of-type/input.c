void f(void)
{
	struct foo s;
	int i;

	clear(sizeof(s));
	clear(sizeof(struct foo));
	clear(sizeof(i));
	clear(sizeof(unknown));
}
