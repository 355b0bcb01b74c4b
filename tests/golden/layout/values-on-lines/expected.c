int f(void)
{
	bar(a1 < 1 ||
			bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	if (x)
		return bar(a2 < 1 ||
				bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	bar(a3 < 1 ||
		     bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	bar(a4 < 1 ||
	    bbb_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	x = bar(a5_and_more ||
			 b_with_a_name_so_long_that_the_value_does_not_fit_on_a_line) +
	    bar(a6_and_more ||
		b_with_a_name_so_long_that_the_value_does_not_fit_on_a_line);
	if (y)
		bar(({ a7 =
				b; c; }));
}
