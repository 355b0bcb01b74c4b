int probe(struct dev *d)
{
	if (d->old)
		d->old = 1;
	return d->old + other->old;
}

int other(struct thing *d)
{
	return d->old;
}
