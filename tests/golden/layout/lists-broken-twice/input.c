int f(void)
{
	value = call(one_argument, another_argument, third_argument);
	value = call(one_argument,
		     another_argument, third_argument, fourth);
}
