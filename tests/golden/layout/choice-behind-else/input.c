void f(void)
{
	if (percent <= MIN_DELAY_THRESHOLD)
		no_delay();
	else if (percent >= MAX_DELAY_THRESHOLD)
		new_delay = MAX_DELAY;
	else
		new_delay = MIN_DELAY +
			div_u64((MAX_DELAY - MIN_DELAY) *
				(percent - MIN_DELAY_THRESHOLD),
				MAX_DELAY_THRESHOLD - MIN_DELAY_THRESHOLD);

	/* pick the higher one and apply */
	g();
	if (x) no_delay(); else if (one) a = 1; else a = 2;
}

int g(void)
{
	if (unlikely(EXT4_I(inode)->i_flags & EXT4_EA_INODE_FL))
		x = inode_peek_iversion_raw(inode);
	else
		x = inode_peek_iversion(inode);
}
