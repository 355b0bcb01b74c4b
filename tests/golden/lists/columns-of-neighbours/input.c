struct s {
	struct device	*dev;
	int		a;
	char		*name;
};

struct u {
	int     a;	/* a */
	long    b;	/* b */
};

struct drv d = {
	.a		= 1,
	.name		= "x",
};

int f(void)
{
	int			a;
	struct xfs_mount	*mp;

	return 0;
}

int f(int old)
{
	int a;	/* no column */
	struct device *dev;
}
