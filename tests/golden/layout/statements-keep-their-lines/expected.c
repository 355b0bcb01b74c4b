int f(int a, char *ptr)
{
	if (a == 1) {
		one();
	} else if (a == 2) {
		if (b)
			x();
		else if (c)
			y();
		else if (!c) {
			/* z */
			z(a-1,
			  b);

			q();
		} else
			barrier();
		/* Two of them. */
		const u16 *ptr2 = ptr;

		for (j = 0; j < 10; j++) {
			ret = snprintf(linebuf + lx, linebuflen - lx,
				       "%s%4.4x", j ? " " : "",
				       get_unaligned(ptr2 + j));
			if (ret-a >= 3)
				goto out;
		}
	} else if (!(a == 2)) {
		if (b)
			x();
		else if (c)
			y();
		else if (!c) {
			/* z */
			z(a-1,
			  b);

			q();
		} else
			barrier();
		/* The others, which are
		 * not two. */
		result = decompress_safe_force(source, dest,
			compressedSize, maxOutputSize,
			lz4sd->externalDict, lz4sd->extDictSize);

	} else
		barrier();
out:
	return 0;
}

int g(int a)
{
	if (a < 3)
		return 1;
	else if (a < 7)
		/* a few */
		return 2;
	else if (!(a < 7))
		/* many,
		 * a comment of the statement */
		return 3;
	else
		barrier();
}
