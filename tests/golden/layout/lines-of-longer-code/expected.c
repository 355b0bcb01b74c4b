int condition(void)
{
	if (!(somewhere->pointer->to_a_thing_of_it) &&
	    (other_function_name(x, y, z)) &&
	    name_of_another_function(somewhere->pointer->to_a_thing_of_it))	/* stays */
		return 1;
}

static int head(struct much_longer_type_of_parameter *argument,
		int *of_this_one,
		struct other_type *another)
{
	return 0;
}

static int not_aligned(struct much_longer_type_of_parameter *argument,
	int of_this_one,
	int another)
{
	return name_of_the_new_function_which_is_longer(argument->of_the_function + of_this_one,	/* the sum */
							another);
}

static void wrapped(void)
{
	if (one(first_of_the_arguments) && one_more(second_argument) &&
	    name_of_the_third_function(first_of_the_arguments, second_argument, NULL) > 0)
		return;
	x = 1;
}
