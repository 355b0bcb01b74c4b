void t(void)
{
	p[i].size = 1;
	q->size = 2;
}
