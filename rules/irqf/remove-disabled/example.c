static int tide_probe(struct platform_device *pdev)
{
	int err;

	err = request_irq(1, tide_irq, IRQF_DISABLED, "tide", pdev);
	if (err)
		return err;
	err = request_irq(2, tide_irq, IRQF_DISABLED | IRQF_SHARED, "tide", pdev);
	if (err)
		return err;
	return request_irq(3, tide_irq, IRQF_SHARED | IRQF_DISABLED, "tide", pdev);
}
