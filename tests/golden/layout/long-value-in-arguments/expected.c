int f(void)
{
	r = store(a_rather_long_name_of_a_first_operand_of_several |
			another_name_of_an_operand, z, 1);
	store(wrap(a_rather_long_name_of_a_first_argument_of_several,
		   another_name_of_an_argument), z, 1);
	store(first + second, short_name, 1);
	if (store((struct point){
			.x = 1,
			.y = 2,
		   }, z, 1))
		store((struct point){ .x=1 }, z, 1);
}
