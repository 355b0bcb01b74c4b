void g(void)
{
	result = function_with_a_longer_name(first_argument, second_argument,
					     ANOTHER_ARGUMENT_THAT_IS_LONG,
					     AND_ONE_MORE_ARGUMENT);
}
