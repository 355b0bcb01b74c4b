int f(void)
{
	dev_err(&client->dev,
		"power");
	g();
	dev_err(client, "power");
	dev_err(client, "power", 1);
	dev_err(client,
		"power",
		1);
}
