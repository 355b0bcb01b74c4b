int f(void)
{
	r = put(z, a_rather_long_name_of_a_first_operand_of_several |
			another_name_of_an_operand);
	put(z, wrap(a_rather_long_name_of_a_first_argument_of_several,
		    another_name_of_an_argument));
	put(short_name, first +
			second);
	if (put(z, (struct point){
			.x = 1,
			.y = 2,
		   }))
		put(z, (struct point){ .x=1 });
}
