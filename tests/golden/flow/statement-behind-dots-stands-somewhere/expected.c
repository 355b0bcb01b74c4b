int retries(struct pool *pool)
{
	int err;
again:
	if (pool->full)
		goto out;
	pool->last = true;
	goto again;
out:
	return err;
}

bool answers(struct pool *pool)
{
	if (pool->full)
		return false;
	return true;
}

void cleans(int x)
{
	if (!x)
		goto out;
	work(x);
out:
	clean(x);
}

void returns(int x)
{
	work(x);
}
