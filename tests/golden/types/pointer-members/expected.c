struct pci_dev {
	struct device dev;
	struct device *parent;
};

void *f(struct device *dev, struct pci_dev *p, struct other *o)
{
	x = dev_get_drvdata(dev);
	y = dev_get_drvdata(p->parent);
	z = dev_get_drvdata((&p->dev));
	return o->driver_data;
}
