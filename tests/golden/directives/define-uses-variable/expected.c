void used(int a)
{
	start(a);
#define MORE(n) (a += (n))
	MORE(1);
	stop();
}

void parameter(int a)
{
#define NEXT(a) ((a) + 1)
	stop();
}
