int listens(const char *path)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	sd_event *w = NULL;
	_cleanup_(strv_freep) char **names = NULL;
	_cleanup_(closep) _unused_ handle_t file = open(path), other;

	if (!path)
		return 0;
	w = sd_event_new(path);
	return event;
}

int loops(struct list *l)
{
	return 0;
}
