static struct damos *damon_lru_sort_new_scheme(
		unsigned int spare_number,
		struct damos_access_pattern *pattern, enum damos_action action)
{
	if (two && one)
		dev_err(device, "a message that is so long that it goes beyond the limit");
	else if (two) {
		call();
	}
}
