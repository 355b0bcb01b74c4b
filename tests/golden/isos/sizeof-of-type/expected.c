void f(void)
{
	struct foo s;
	int i;

	clear_struct();
	clear_struct();
	clear(sizeof(i));
	clear(sizeof(unknown));
}
