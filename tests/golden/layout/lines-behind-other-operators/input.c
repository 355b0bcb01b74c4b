int f(void)
{
	p = kzalloc(sizeof(*p) * count_of_the_elements_in_this_array,
		    GFP_KERNEL | __GFP_NOWARN);
	if (very_long_function_name(argument_number_one, argument_two) &&
	    other_condition(foo))
		return 0;
	dev_err(&client->dev, "this is a message %d %s\n",
		value, name);
	ret = request_irq(irq, handler, IRQF_SHARED | IRQF_DISABLED,
			  "name", dev);
	x = a ? first_value_of_the_choice_that_is_long(b)
	      : second_value_of_the_choice(c);
	for (i = 0; i < number_of_elements_in_array;
	     i++)
		g();
}
