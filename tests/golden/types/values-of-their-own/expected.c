void t(void)
{
	new((int __user *)a);
	new((int *)a);
	new(sizeof(unsigned int));
	new(sizeof(unsigned));
	new(a /* one */ + b);
	new(a + b);
}
