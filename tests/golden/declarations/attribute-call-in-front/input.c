int listens(const char *path)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(strv_freep) char **names = NULL;
	_cleanup_(closep) _unused_ handle_t file = open(path), other;

	if (!path)
		return 0;
	event = sd_event_new(path);
	return event;
}

int loops(struct list *l)
{
	each_element(l) use(l);
	each_element(l)
		item *last;
	return 0;
}
