int f(int ready)
{
	if (ready)
		claim(1);
	announce(1);
	if (ready)
		grow(1);
	else
		shrink(1);
	if (ready)
		run();
	else stop();
	return 0;
}
