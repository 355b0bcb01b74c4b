int f(void)
{
	while (!wait_for_completion_io_timeout(&done,
				hang_check_seconds * (HZ/2)))
		;
	return 0;
}
