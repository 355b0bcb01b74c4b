struct ops table = {
	.name = "table",
	.open = opened,
};
