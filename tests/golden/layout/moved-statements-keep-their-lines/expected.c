int f(void)
{
	if (!new_bh) {
		error = ext4_journal_get_create_access(handle, sb,
						       new_bh, EXT4_JTR_NONE);
		if (error)
			goto failed;
		error = ext4_handle_dirty_metadata(handle, inode,
						   new_bh);
	} else {
		u32 ref;

#ifdef X
		ref = 1;
#endif
		error = ext4_journal_get_write_access(
				handle, sb, new_bh,
				EXT4_JTR_NONE);
		if (error)
			goto cleanup;
	}
failed:
cleanup:
	return error;
}
