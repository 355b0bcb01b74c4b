struct s x = {
	.owner		= THIS_MODULE,
	.open		= simple_open,
	.release	= foo,
};
#define A	1
#define B	3
