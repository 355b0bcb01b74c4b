int f(void)
{
	value = call(first, second);
	if (x)
		value->member = call(first, second + third_argument);
	return value;
	value = call(x);
}
