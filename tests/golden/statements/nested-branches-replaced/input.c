int f(int a, int b)
{
	if (a) {
		if (b) {
			step();
		}
	}
}
