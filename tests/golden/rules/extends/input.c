int opened(void)
{
	old(1);
}

int other(void)
{
	old(1);
}

struct ops v = {
	.open = opened,
};
