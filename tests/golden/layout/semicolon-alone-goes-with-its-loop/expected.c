int f(void)
{
	if (!wait_for_completion_io_timeout(&done,
				hang_check_seconds * (HZ/2)))
		do
			;
		while (!wait_for_completion_io_timeout(&done,
					hang_check_seconds * (HZ/2)));
	return 0;
}
