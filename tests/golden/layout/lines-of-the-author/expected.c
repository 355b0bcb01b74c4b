static int head(unsigned int number_of_units, struct unit *dev,
		struct unit_state *state, struct unit_operations *ops, int all)
{
	if (x)
		printk(LEVEL "%s of size %zu at address %px by task %s/%d\n",
			dev->first ? "first" : "later", dev->access_size,
			dev->access_addr, current->comm, task_pid_number(dev));
	printk(LEVEL "%s of size %d\n", dev->name, dev->size);
}

static int tail(unsigned int number_of_units, struct unit *dev,
		struct unit_state *state,
		struct unit_operations *ops)
{
}
