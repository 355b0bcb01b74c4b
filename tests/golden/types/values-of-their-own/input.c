void t(void)
{
	old((int __user *)a);
	old((int *)a);
	old(sizeof(unsigned int));
	old(sizeof(unsigned));
	old(a /* one */ + b);
	old(a + b);
}
