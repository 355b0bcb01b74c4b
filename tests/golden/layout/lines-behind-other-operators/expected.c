int f(void)
{
	p = kcalloc(count_of_the_elements_in_this_array, sizeof(*p),
		    GFP_KERNEL | __GFP_NOWARN);
	if (unlikely(very_long_function_name(argument_number_one, argument_two)) &&
	    likely(other_condition(foo)))
		return 0;
	device_error(client, "this is a message %d %s\n", value, name);
	ret = devm_request_irq(dev, irq, handler, IRQF_SHARED, "name", dev);
	x = select_one_of_two_values(a,
	      first_value_of_the_choice_that_is_long(b),
	      second_value_of_the_choice(c));
	for (i = 0; i < number_of_elements_in_array;
	     i++)
		g();
}
