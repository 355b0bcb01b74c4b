void f(void)
{
	if (percent <= MIN_DELAY_THRESHOLD)
		no_delay();
	else
		new_delay = percent >= MAX_DELAY_THRESHOLD ? MAX_DELAY :
			MIN_DELAY +
			div_u64((MAX_DELAY - MIN_DELAY) *
				(percent - MIN_DELAY_THRESHOLD),
				MAX_DELAY_THRESHOLD - MIN_DELAY_THRESHOLD);

	/* pick the higher one and apply */
	g();
	if (x) no_delay(); else
		a = one ? 1 : 2;
}

int g(void)
{
	x = unlikely(EXT4_I(inode)->i_flags & EXT4_EA_INODE_FL) ?
		inode_peek_iversion_raw(inode) :
		inode_peek_iversion(inode);
}
