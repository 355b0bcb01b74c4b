int f(struct ops *ops)
{
	/* skip the event, if the filter returns zero. */
	if (ops && ops->filter) {
		pr_debug("%s: filter function\n",
			 __func__);
		return 0;
	}

	for (;;) {
		one();
		two();
	}
	return 1;
}
