void handler(void);

void handler(void)
{
	work();
}
