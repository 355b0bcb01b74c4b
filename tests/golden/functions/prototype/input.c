void handler(int irq);

void handler(int irq)
{
	work();
}
