int counts(struct list *l)
{
	int num = 0;

	for (ALL_ELEMENTS_OF(l, node))
		num++;
	return num;
}

int counts_nothing(struct list *l)
{
	int num = 0;

	for (ALL_ELEMENTS_OF(l, node))
		seen(node);
	for (FOREVER) {
		seen(l);
		break;
	}
	return num;
}

void passes(struct list *l)
{
	for (ALL_ELEMENTS(l->head, node)) {
		if (!node->data)
			continue;
		seen(node);
	}
	for (ONCE(l)) { }
}
