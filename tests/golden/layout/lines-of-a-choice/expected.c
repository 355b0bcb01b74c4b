static inline unsigned int size(unsigned int object_size)
{
	if (object_size <= 64 - 16)
		return 16;
	else
		return object_size <= 128       - 32   ? 32 :
			object_size <= (1 << 16) - 1024 ? 1024 : 2048;
}
