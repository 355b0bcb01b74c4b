int f(void)
{
	start();
	if (done())
		stop();
}
