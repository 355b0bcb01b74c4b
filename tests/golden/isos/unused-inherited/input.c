struct ops table = {
	.name = "table",
	.open = table_open,
};
