static inline unsigned int size(unsigned int object_size)
{
	return
		object_size <= 64        - 16   ? 16 :
		object_size <= 128       - 32   ? 32 :
		object_size <= (1 << 16) - 1024 ? 1024 : 2048;
}
