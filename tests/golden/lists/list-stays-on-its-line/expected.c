static const struct i2c_device_id ids[] = {
	{ "abb5zes3", .driver_data = 0 },
	{ "ab8500-rtc", .driver_data = (kernel_ulong_t)&ab8500_rtc_ops },
	{
		"pcf",
		.driver_data = 1
	},
	{
		"a name that leaves little room on its line",
		.driver_data = SOMETHING_OF_A_KIND
	},
	{ }
};
