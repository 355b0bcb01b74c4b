static int moon_remove(struct i2c_client *client)
{
	struct moon *moon;

	moon = i2c_get_clientdata(client);
	kfree(moon);
	return 0;
}
