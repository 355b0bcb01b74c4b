struct pci_dev {
	struct device dev;
	struct device *parent;
};

void *f(struct device *dev, struct pci_dev *p, struct other *o)
{
	x = dev->driver_data;
	y = p->parent->driver_data;
	z = (&p->dev)->driver_data;
	return o->driver_data;
}
