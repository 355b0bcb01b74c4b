// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Driver for the Pebble touch button, an invented device on the I2C bus.
 */
#include <linux/i2c.h>
#include <linux/input.h>
#include <linux/interrupt.h>
#include <linux/slab.h>

#define PEBBLE_FLAGS	IRQF_DISABLED

struct pebble {
	struct input_dev *input;
	void (*notify)(struct pebble *, int);
};

static int pebble_setup(struct pebble *pebble, int irq)
{
	return request_irq(irq, NULL, IRQF_DISABLED, "pebble", pebble);
}

static int pebble_suspend(struct i2c_client *client)
{
	struct pebble *pebble = i2c_get_clientdata(client);

	if (pebble->notify)
		pebble->notify(pebble, 0);
	return 0;
}

static int pebble_remove(struct i2c_client *client)
{
	struct pebble *pebble;

	pebble = i2c_get_clientdata(client);
	input_unregister_device(pebble->input);
	kfree(pebble);
	i2c_set_clientdata(client, NULL);
	return 0;
}
