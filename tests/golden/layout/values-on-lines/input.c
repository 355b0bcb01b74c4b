int f(void)
{
	foo2(a1 < 1 ||
			bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	if (x)
		return foo2(a2 < 1 ||
				bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	foo2(a3 < 1 ||
		     bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	foo2(a4 < 1 ||
	     bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	x = foo2(a5_and_more ||
			 b_with_a_name_so_long_that_the_value_does_not_fit_on_a_line) +
	    foo2(a6_and_more ||
		 b_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	if (y)
		foo2(({ a7 =
				b; c; }));
}
