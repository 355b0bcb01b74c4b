static int moon_remove(struct i2c_client *client)
{
	struct moon *moon = i2c_get_clientdata(client);

	rtc_device_unregister(moon->rtc);
	kfree(moon);
	return 0;
}
