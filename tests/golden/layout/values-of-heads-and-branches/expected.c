int f(void)
{
	if (unlikely(ret == 0) != 0) {
		report(inode,
		       "unexpected ret == 0, m_len = %u",
		       map->m_len);
		goto out2;
	}
	x(1);
	if (unlikely(ret == 0) != 0) {
		report(inode, "unexpected ret == 0, m_len = %u",
		       map->m_len);
		goto out2;
	}
out2:
	return 0;
}
