static struct config cfg = {
	.list = {
		{
			1
		},
		{
			2
		},
	},
};

static int f(void)
{
	int ret = 0;

	call();

	return ret;
}
