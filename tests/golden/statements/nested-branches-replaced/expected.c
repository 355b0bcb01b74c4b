int f(int a, int b)
{
	while (a) {
		while (b) {
			step();
		}
	}
}
