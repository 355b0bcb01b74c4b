int f(void)
{
	memcpy(dst->modes_supported, src->modes_supported,
	       sizeof(dst->modes_supported));
	memcpy(dst->modes_supported,
	       src->modes_supported, sizeof(dst->modes_supported) +
				     sizeof(dst->modes_supported2222));
	x = memcpy(
		dst->modes_supported,
		src->modes_supported,
		sizeof(dst->modes_supported) +
		sizeof(dst->modes_supported2222));
}
