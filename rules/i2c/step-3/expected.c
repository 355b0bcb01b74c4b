static int moon_probe(struct i2c_client *client)
{
	struct moon *moon = kzalloc(sizeof(struct moon), GFP_KERNEL);

	i2c_set_clientdata(client, moon);
	if (moon_start(moon) < 0)
		goto out_free;
	return 0;

out_free:
	i2c_set_clientdata(client, NULL);
	kfree(moon);
	return -EIO;
}
