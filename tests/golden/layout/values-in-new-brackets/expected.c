int f(void)
{
	if (unlikely((data->type_of_the_unit == TYPE_OF_ALL_UNITS) &&
		     (val & MASK_OF_THE_UNIT)) &&
	    unlikely((val & MASK_OF_THE_LINE)))
		return 1;
	for (; (start = now()) == t0;)
		relax();
	return 0;
}
