// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Driver for the Moon real-time clock, an invented device on the I2C bus.
 */
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/rtc.h>
#include <linux/slab.h>

#define MOON_REG_SECONDS	0x00
#define MOON_REG_MINUTES	0x01

struct moon {
	struct i2c_client *client;
	struct rtc_device *rtc;
	unsigned int has_alarm:1;
};

static int moon_read_time(struct device *dev, struct rtc_time *tm)
{
	struct moon *moon = dev_get_drvdata(dev);
	int seconds = i2c_smbus_read_byte_data(moon->client, MOON_REG_SECONDS);

	if (seconds < 0)
		return seconds;
	tm->tm_sec = bcd2bin(seconds & 0x7f);
	return rtc_valid_tm(tm);
}

static const struct rtc_class_ops moon_ops = {
	.read_time	= moon_read_time,
};

static int __devinit moon_probe(struct i2c_client *client,
				const struct i2c_device_id *id)
{
	struct moon *moon;
	int err;

	moon = kzalloc(sizeof(struct moon), GFP_KERNEL);
	if (!moon)
		return -ENOMEM;

	moon->client = client;
	i2c_set_clientdata(client, moon);

	moon->rtc = rtc_device_register("moon", &client->dev, &moon_ops,
					THIS_MODULE);
	if (IS_ERR(moon->rtc)) {
		err = PTR_ERR(moon->rtc);
		goto out_free;
	}
	return 0;

out_free:
	kfree(moon);
	return err;
}

static int __devexit moon_remove(struct i2c_client *client)
{
	struct moon *moon = i2c_get_clientdata(client);

	rtc_device_unregister(moon->rtc);
	kfree(moon);
	return 0;
}

static struct i2c_driver moon_driver = {
	.driver	= {
		.name	= "rtc-moon",
	},
	.probe	= moon_probe,
	.remove	= __devexit_p(moon_remove),
};

module_i2c_driver(moon_driver);

MODULE_DESCRIPTION("Moon real-time clock");
MODULE_LICENSE("Dual MIT/GPL");
