struct a {
	char c;	/* first */
	refcount_t count;	/* how many */
	long l;
};

struct b {
	int size;
};
