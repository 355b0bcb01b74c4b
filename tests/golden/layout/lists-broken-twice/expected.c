int f(void)
{
	value = call_with_a_longer_name(first_added_argument, one_argument,
					another_argument, third_argument,
					added_argument);
	value = call_with_a_longer_name(first_added_argument, one_argument,
					another_argument, third_argument,
					fourth, added_argument);
}
