static const struct ops my_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = my_ioctl,
	.open = my_open,
};
