struct s x = {
	.owner		= THIS_MODULE,
	.open		= old_open,
	.release	= foo,
};
#define A	1
#define B	2
