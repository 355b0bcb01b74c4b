int f(int ready)
{
	if (ready)
		claim_all();
	announce_all();
	if (ready)
		grow_all();
	else
		shrink_all();
	if (ready)
		run();
	else start();
	settle();
	return 0;
}
