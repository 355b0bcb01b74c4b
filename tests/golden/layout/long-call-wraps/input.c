void g(void)
{
	result = f(first_argument, second_argument);
}
