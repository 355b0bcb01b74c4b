static int clean_remove(struct i2c_client *client)
{
	struct moon *moon = i2c_get_clientdata(client);

	i2c_set_clientdata(client, NULL);
	kfree(moon);
	return 0;
}

static int late_remove(struct i2c_client *client)
{
	struct moon *moon = i2c_get_clientdata(client);

	kfree(moon);
	i2c_set_clientdata(client, NULL);
	return 0;
}

static int moon_remove(struct i2c_client *client)
{
	struct moon *moon = i2c_get_clientdata(client);

	rtc_device_unregister(moon->rtc);
	kfree(moon);
	return 0;
}
