void h(void)
{
	f();
}
