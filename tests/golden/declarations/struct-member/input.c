struct a {
	char c;	/* first */
	int count;	/* how many */
	long l;
};

struct b {
	int size;
};
