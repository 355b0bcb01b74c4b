struct s {
	struct device	*dev;
	int		a;
	unsigned long	added;
	struct list_head *list;
	int		(*fn)(int a, int b);
	u8		bits[4], more;
	char		*name;
};

struct u {
	int     first;
	int     a;	/* a */
	long    b;	/* b */
};

struct drv d = {
	.a		= 1,
	.added		= NULL,
	.name		= "x",
};

int f(void)
{
	int			a;
	int			longer_name = 0;
	struct xfs_mount	*mp;

	return 0;
}

int f(int old)
{
	int a;	/* no column */
	int longer_name = 0;
	struct device *dev;
}
