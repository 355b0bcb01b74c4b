static const struct i2c_device_id ids[] = {
	{ "abb5zes3", 0 },
	{ "ab8500-rtc", (kernel_ulong_t)&ab8500_rtc_ops, },
	{
		"pcf", 1
	},
	{ "a name that leaves little room on its line", SOMETHING_OF_A_KIND },
	{ }
};
