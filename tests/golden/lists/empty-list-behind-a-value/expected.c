int f(void)
{
	dev_err(&client->dev, "spare: " "power");
	g();
	dev_err(client, "spare: " "power");
	dev_err(client, "spare: " "power", 1);
	dev_err(client, "spare: " "power", 1);
}
