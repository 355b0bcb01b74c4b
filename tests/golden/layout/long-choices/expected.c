int f(void)
{
	value = a_condition_with_a_long_name(value) ? call(first, second) :
		another_function_with_a_long_name(first, second);
	if (x)
		value->member = a_condition_with_a_long_name(value->member) ?
			call(first, second + third_argument) :
			another_function_with_a_long_name(first,
							  second + third_argument);
	return value;
	value = a_condition_with_a_long_name(value) ? call(x) :
		another_function_with_a_long_name(x);
}
