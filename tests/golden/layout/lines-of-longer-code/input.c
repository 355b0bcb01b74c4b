int condition(void)
{
	if (somewhere->pointer->to_a_thing_of_it == NULL &&
	    other_function_name(x, y, z))	/* stays */
		return 1;
}

static int head(struct type *argument, int *of_this_one,
		struct other_type *another)
{
	return 0;
}

static int not_aligned(struct type *argument, int of_this_one,
	int another)
{
	return old(argument->of_the_function + of_this_one,	/* the sum */
		   another);
}

static void wrapped(void)
{
	if (both(first_of_the_arguments, second_argument))
		return;
	x = 1;
}
