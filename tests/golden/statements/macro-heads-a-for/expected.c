int counts(struct list *l)
{
	int num = 0;

	for (ALL_ELEMENTS_OF(l, node))
		num++;
	return num;
}

int counts_nothing(struct list *l)
{
	for (ALL_ELEMENTS_OF(l, node))
		visited(node);
	for (FOREVER) {
		visited(l);
		break;
	}
	return 0;
}

void passes(struct list *l)
{
	for (ALL_ELEMENTS_RO(l->head, node)) {
		if (!node->data)
			continue;
		visited(node);
	}
}
