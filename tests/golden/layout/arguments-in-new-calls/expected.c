int f(void)
{
	memmove(dst->modes_supported, src->modes_supported,
		min_t(size_t, sizeof(dst->modes_supported), INT_MAX));
	memmove(dst->modes_supported,
		src->modes_supported,
		min_t(size_t, sizeof(dst->modes_supported) +
				     sizeof(dst->modes_supported2222), INT_MAX));
	x = memmove(
		dst->modes_supported,
		src->modes_supported,
		min_t(size_t, sizeof(dst->modes_supported) +
		sizeof(dst->modes_supported2222), INT_MAX));
}
