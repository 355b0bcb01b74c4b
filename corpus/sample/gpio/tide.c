// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Driver for the Tide GPIO expander, an invented device on the I2C bus.
 */
#include <linux/gpio.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/slab.h>

struct tide {
	struct list_head node;
	struct mutex lock;
	int irq;
#ifdef CONFIG_PM
	u8 saved;
#endif
};

static LIST_HEAD(tides);
static DEFINE_MUTEX(tides_lock);

static irqreturn_t tide_irq(int irq, void *data)
{
	struct tide *tide;

	list_for_each_entry(tide, &tides, node)
		if (tide->irq == irq)
			return IRQ_HANDLED;
	return IRQ_NONE;
}

static int tide_probe(struct i2c_client *client,
		      const struct i2c_device_id *id)
{
	struct tide *tide;
	int ret;

	tide = kzalloc(sizeof(*tide), GFP_KERNEL);
	if (tide == NULL)
		return -ENOMEM;

	mutex_init(&tide->lock);
	i2c_set_clientdata(client, tide);

	ret = request_irq(client->irq, tide_irq, IRQF_DISABLED | IRQF_SHARED,
			  "tide", tide);
	if (ret < 0) {
		dev_err(&client->dev, "no interrupt " "(%d)\n", ret);
		kfree(tide);
		return ret;
	}
	return 0;
}

static int tide_remove(struct i2c_client *client)
{
	struct tide *tide = i2c_get_clientdata(client);

	/* Nobody may find the device any more. */
	i2c_set_clientdata(client, NULL);
	free_irq(client->irq, tide);
	kfree(tide);

	return 0;
}
