int f(void)
{
	if ((data->type_of_the_unit == TYPE_OF_ALL_UNITS) &&
	    (val & MASK_OF_THE_UNIT) && (val & MASK_OF_THE_LINE))
		return 1;
	while ((start = now()) == t0)
		relax();
	return 0;
}
