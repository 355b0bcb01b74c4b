int f(void)
{
    x = log_with_device("a long text that is put out", first_argument,
                        second_argument, current_device, LEVEL_INFO);
}

int g(void)
{
	x = log_with_device("a long text that is put out", first_argument,
		            second_argument, current_device, LEVEL_INFO);
		log_with_device("a long text that is put out", first_argument,
				second_argument, current_device, LEVEL_INFO);
}
