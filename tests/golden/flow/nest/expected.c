int probe(struct dev *d)
{
	if (d->new)
		d->new = 1;
	return d->new + other->old;
}

int other(struct thing *d)
{
	return d->old;
}
