int f(void)
{
	value = choose(condition_with_a_name(one), call(first, second),
		       another_call_with_a_name(three, four));
	value = choose(condition_with_a_name(one),
		       call(first, second),
		       another_call_with_a_name(three, four));
	value = choose(condition_with_a_name(one) &&
		       condition_with_a_name(two), /* this */
		       call(first, second),
		       another_call_with_a_name(three, four));
	return value;
}
